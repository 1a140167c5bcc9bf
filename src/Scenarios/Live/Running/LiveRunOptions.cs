namespace MeshSim.Scenarios.Live;

/// <summary>How a scenario is run over real sockets.</summary>
public sealed record LiveRunOptions
{
    public required ulong Seed { get; init; }

    /// <summary>What loopback, sockets and timers take of a request through one proxy, nanoseconds: taken off the latency of links. Default 0.</summary>
    public long MachineNs { get; init; }

    /// <summary>The proxy whose access log is kept, by its name or its role's; null for none.</summary>
    public string? AccessLogOf { get; init; }

    /// <summary>Told the time of the run, nanoseconds, about every second.</summary>
    public Action<long> Progress { get; init; } = static _ => { };
}

/// <summary>A scenario cannot be run over real sockets, for a reason its user can mend.</summary>
public sealed class LiveRunException(string message, Exception? inner = null) : Exception(message, inner);
