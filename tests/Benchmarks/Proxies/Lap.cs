namespace MeshSim.Benchmarks.Proxies;

/// <summary>What one proxy did in one round.</summary>
/// <param name="Used">Processor time of the proxy meanwhile.</param>
internal readonly record struct Lap(Wrk Load, ProcessReading Used)
{
    public double UserMicroseconds => 1e6 * Used.UserSeconds / Load.Requests;

    public double SystemMicroseconds => 1e6 * Used.SystemSeconds / Load.Requests;

    public double Microseconds => 1e6 * Used.Seconds / Load.Requests;

    public static Lap Run(Rival rival, string scheme, int seconds)
    {
        const int connections = 50;
        var before = ProcessReading.Of(rival.Pid);
        var load = Wrk.Run($"{scheme}://127.0.0.1:{rival.Port}/", connections, seconds);
        return new(load, ProcessReading.Of(rival.Pid) - before);
    }
}
