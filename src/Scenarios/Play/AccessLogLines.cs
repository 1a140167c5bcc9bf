using System.Text;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.Scenarios.Play;

/// <summary>The access logs of a simulated proxy, kept in memory by path.</summary>
internal sealed class AccessLogLines : ILogLineSink
{
    private readonly Dictionary<string, StringBuilder> files = new(StringComparer.Ordinal);

    /// <summary>What a file holds, line by line.</summary>
    public IEnumerable<string> Of(string path) =>
        files.TryGetValue(path, out var text) ? text.ToString().Split('\n').SkipLast(text.Length > 0 && text[^1] == '\n' ? 1 : 0) : [];

    public void Write(AccessLogSnapshot log, ReadOnlySpan<byte> line)
    {
        if (!files.TryGetValue(log.Path, out var text))
        {
            files[log.Path] = text = new StringBuilder();
        }

        _ = text.Append(Encoding.UTF8.GetString(line));
    }
}
