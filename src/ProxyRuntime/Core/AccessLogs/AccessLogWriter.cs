using System.Numerics;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>Makes the lines of access logs, the same for every driver. One for each worker, as its buffer is used again.</summary>
public sealed class AccessLogWriter(ILogLineSink sink)
{
    private readonly ByteBuffer line = new();

    /// <summary>Writes a line to each log that takes the request, in the order of the configuration.</summary>
    /// <param name="info">The request or connection, as <see cref="EffectKind.LogAccess"/> has it.</param>
    /// <param name="logs">Those of its access logs that take it, a bit each, the first the lowest.</param>
    public void Write(StreamInfo info, long logs)
    {
        var all = info.AccessLogs;
        for (var rest = (ulong)logs; rest != 0; rest &= rest - 1)
        {
            var log = all[BitOperations.TrailingZeroCount(rest)];
            line.Clear();
            log.Format.Write(info, line);
            sink.Write(log, line.Span);
        }
    }
}
