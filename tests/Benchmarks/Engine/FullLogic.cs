using MeshSim.Scenarios.Engine;
using MeshSim.Scenarios.Model;

namespace MeshSim.Benchmarks.Engine;

/// <summary>Simulated requests a second on one core through the full logic of the core, and what a request allocates.</summary>
internal static class FullLogic
{
    private const int Rounds = 4;

    public static void Report()
    {
        Console.WriteLine("| hosts | requests | events a request | µs a request | requests/s on one core | B a request | hash |");
        Console.WriteLine("|---|---|---|---|---|---|---|");
        Measure(services: 16, replicas: 100);
        Measure(services: 1, replicas: 10); // All that is touched fits the nearest caches.
    }

    private static void Measure(int services, int replicas)
    {
        var scenario = EngineScenarios.Full(services, replicas, ratePerSecond: 10_000, seconds: 20, warmUpSeconds: 5);
        for (var round = 0; round < Rounds; round++)
        {
            Measure(scenario, services * replicas);
        }
    }

    private static void Measure(Scenario scenario, int hosts)
    {
        var world = new World(scenario, seed: 11);
        var partition = new Partition(world, 0, 1);
        _ = partition.RunSlice(scenario.WarmUpNs, int.MaxValue);
        var eventsBefore = partition.Events;
        var span = new CpuSpan();
        _ = partition.RunSlice(scenario.DurationNs, int.MaxValue);
        var (bytes, ns) = (span.Bytes, span.Nanoseconds);
        var result = PartitionResult.Merge(world, [partition.Collect()]);
        var sent = (double)result.Totals.Sent;
        EngineComparison.Print(
            $"| {hosts:N0} | {sent:N0} | {(partition.Events - eventsBefore) / sent:0.0} | {ns / sent / 1000:0.000} | {sent / ns * 1e9:N0} | {bytes / sent:0.0} | {ResultHash.Of(result)[..12]} |"
        );
    }
}
