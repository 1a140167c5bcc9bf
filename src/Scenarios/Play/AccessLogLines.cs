using System.Text;
using MeshSim.ProxyRuntime.Core;
using MeshSim.Scenarios.Engine;

namespace MeshSim.Scenarios.Play;

/// <summary>The access logs of a simulated proxy, kept in memory by path.</summary>
internal sealed class AccessLogLines : IAccessLogSink, ILogLineSink
{
    private readonly Dictionary<string, StringBuilder> files = new(StringComparer.Ordinal);
    private readonly AccessLogWriter writer;

    public AccessLogLines() => writer = new AccessLogWriter(this);

    /// <summary>What a file holds, line by line.</summary>
    public IEnumerable<string> Of(string path) =>
        files.TryGetValue(path, out var text) ? text.ToString().Split('\n').SkipLast(text.Length > 0 && text[^1] == '\n' ? 1 : 0) : [];

    public void Write(StreamInfo info, long logs) => writer.Write(info, logs);

    public void Write(AccessLogSnapshot log, ReadOnlySpan<byte> line)
    {
        if (!files.TryGetValue(log.Path, out var text))
        {
            files[log.Path] = text = new StringBuilder();
        }

        _ = text.Append(Encoding.Latin1.GetString(line));
    }
}
