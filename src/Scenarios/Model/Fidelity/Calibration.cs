namespace MeshSim.Scenarios.Model;

/// <summary>
/// What a measuring set-up itself adds to what it measures. Read from an experiment with constant service and no queue, where nothing
/// else adds: the defaults are those of the machine the recorded experiments were made on, whose calibration gave a median of 21.1 ms
/// for a service of 20 ms.
/// </summary>
/// <param name="TimerLatenessNs">How much longer than drawn a server's timer holds a worker, on average. Default 0.62 ms, measured inside the servers.</param>
/// <param name="OutsideNs">What client, proxy and network add to a request that passes one proxy. Default 0.5 ms: 21.1 ms less service and timer.</param>
public sealed record Calibration(long TimerLatenessNs, long OutsideNs)
{
    public static readonly Calibration Default = new(TimerLatenessNs: 620_000, OutsideNs: 500_000);

    /// <summary>Links that a request and its answer cross: client to proxy, proxy to server, and back.</summary>
    private const int Crossings = 4;

    /// <summary>One way over each link.</summary>
    public long LinkNs => Math.Max(1, OutsideNs / Crossings);
}
