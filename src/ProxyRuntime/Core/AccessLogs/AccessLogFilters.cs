using System.Collections.Immutable;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>Decides which access logs of a connection manager take a request.</summary>
internal static class AccessLogFilters
{
    /// <summary>A bit for each log, the first the lowest; at most 64 logs.</summary>
    public static long Choose(ImmutableArray<AccessLogSnapshot> logs, StreamInfo info, WorkerContext context)
    {
        var chosen = 0L;
        for (var i = 0; i < logs.Length && i < 64; i++)
        {
            if (logs[i].Filter?.Matches(info, context) != false)
            {
                chosen |= 1L << i;
            }
        }

        return chosen;
    }
}
