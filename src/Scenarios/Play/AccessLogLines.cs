using System.Buffers;
using System.Text;
using MeshSim.ProxyRuntime.Core;
using MeshSim.Scenarios.Engine;

namespace MeshSim.Scenarios.Play;

/// <summary>The access logs of a simulated proxy, kept in memory by path.</summary>
internal sealed class AccessLogLines : IAccessLogSink
{
    private readonly Dictionary<string, StringBuilder> files = new(StringComparer.Ordinal);
    private readonly ArrayBufferWriter<byte> line = new();

    /// <summary>What a file holds, line by line.</summary>
    public IEnumerable<string> Of(string path) =>
        files.TryGetValue(path, out var text) ? text.ToString().Split('\n').SkipLast(text.Length > 0 && text[^1] == '\n' ? 1 : 0) : [];

    public void Write(StreamInfo info, long logs)
    {
        var all = info.ConnectionManager.AccessLogs;
        for (var i = 0; i < all.Length; i++)
        {
            if ((logs & (1L << i)) != 0)
            {
                Write(all[i], info);
            }
        }
    }

    private void Write(AccessLogSnapshot log, StreamInfo info)
    {
        if (!files.TryGetValue(log.Path, out var text))
        {
            files[log.Path] = text = new StringBuilder();
        }

        line.ResetWrittenCount();
        log.Format.Write(info, line);
        _ = text.Append(Encoding.Latin1.GetString(line.WrittenSpan));
    }
}
