using MeshSim.Scenarios.Engine;

namespace MeshSim.Benchmarks.Engine;

/// <summary>What simulated proxies and the hosts they know keep in memory.</summary>
internal static class ProxyMemory
{
    private const int Proxies = 100;
    private const int Hosts = 200;

    public static void Report()
    {
        var few = Bytes(1, 1, 0);
        var proxy = (double)(Bytes(1 + Proxies, 1, 0) - few) / Proxies;
        var known = (double)(Bytes(1 + Proxies, 1 + Hosts, 0) - Bytes(1, 1 + Hosts, 0) - (Proxies * proxy)) / (Proxies * Hosts);
        var used = (double)(Bytes(Proxies, Hosts, 2) - Bytes(Proxies, Hosts, 0) - (Bytes(1, 1, 2) - few)) / (Proxies * Hosts);
        Console.WriteLine("| kept for | bytes |");
        Console.WriteLine("|---|---|");
        EngineComparison.Print($"| a proxy with a listener, a route, a cluster and a host | {proxy:N0} |");
        EngineComparison.Print($"| a proxy and a host it knows | {known:N0} |");
        EngineComparison.Print($"| a proxy and a host it has used, connection and all of both ends | {used:N0} more |");
    }

    /// <summary>What is kept after one second, or some more in which each proxy asks each host <paramref name="times"/> times.</summary>
    private static long Bytes(int proxies, int hosts, int times)
    {
        const int seconds = 10;
        var scenario = EngineScenarios.Fleet(proxies, hosts, Math.Max(times, 0) * (double)proxies * hosts / (seconds - 2), seconds);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var partition = new Partition(new World(scenario, seed: 3), 0, 1);
        _ = partition.RunSlice((times == 0 ? 1 : seconds) * 1_000_000_000L, int.MaxValue);
        var after = GC.GetTotalMemory(forceFullCollection: true);
        GC.KeepAlive(partition);
        return after - before;
    }
}
