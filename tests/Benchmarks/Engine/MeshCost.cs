using MeshSim.Scenarios.Engine;
using MeshSim.Scenarios.Model;

namespace MeshSim.Benchmarks.Engine;

/// <summary>What a pass through a proxy costs in a mesh: sidecars on every hop, with and without what a report shows.</summary>
internal static class MeshCost
{
    private const int Rounds = 3;

    /// <summary>A gateway's and one before the first service, and two for each call.</summary>
    private const double PassesPerRequest = 8;

    public static void Report()
    {
        Console.WriteLine("| requests/s | kept | passes | events a pass | µs a pass | passes/s on one core | B a pass | hash |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|");
        var busy = EngineScenarios.Mesh(ratePerSecond: 10_000, seconds: 12, warmUpSeconds: 4);
        var calm = EngineScenarios.Mesh(ratePerSecond: 200, seconds: 600, warmUpSeconds: 200); // As many requests, a fiftieth of them at once.
        for (var round = 0; round < Rounds; round++)
        {
            Measure("10,000", busy, details: false);
            Measure("10,000", busy, details: true);
            Measure("200", calm, details: false);
        }
    }

    private static void Measure(string rate, Scenario scenario, bool details)
    {
        var world = new World(scenario, seed: 11) { RecordsDetails = details };
        var partition = new Partition(world, 0, 1);
        _ = partition.RunSlice(scenario.WarmUpNs, int.MaxValue);
        var eventsBefore = partition.Events;
        var span = new CpuSpan();
        _ = partition.RunSlice(scenario.DurationNs, int.MaxValue);
        var (bytes, ns) = (span.Bytes, span.Nanoseconds);
        var result = PartitionResult.Merge(world, [partition.Collect()]);
        var passes = result.Totals.Sent * PassesPerRequest;
        EngineComparison.Print(
            $"| {rate} | {(details ? "all" : "results")} | {passes:N0} | {(partition.Events - eventsBefore) / passes:0.0} | {ns / passes / 1000:0.000} | {passes / ns * 1e9:N0} | {bytes / passes:0.0} | {ResultHash.Of(result)[..12]} |"
        );
    }
}
