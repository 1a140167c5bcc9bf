using MeshSim.Grains.Contracts;
using MeshSim.Scenarios.Engine;
using MeshSim.Scenarios.Model;
using MeshSim.Scenarios.Results;

namespace MeshSim.Grains.Simulation;

/// <summary>Keeps the windows of a run going: the same windows as the one-process runner's, over grain calls.</summary>
internal sealed class SimulationGrain : Grain, ISimulationGrain
{
    private World? world;
    private int partitions;
    private long nextReportNs;

    public async IAsyncEnumerable<RunReport> Run(RunRequest request)
    {
        var scenario = ScenarioBundle.Load(request);
        world = new World(scenario, request.Seed);
        partitions = request.Partitions;
        var windows = new WindowClock(scenario);
        var grains = Enumerable
            .Range(0, partitions)
            .Select(index => GrainFactory.GetGrain<IPartitionGrain>(PartitionGrain.PartitionKey(request.RunId, index)))
            .ToArray();
        var reports = await Task.WhenAll(grains.Select((grain, index) => grain.Start(request, index)));
        var due = new int[partitions];
        var rule = request.Until is { } text ? StopRule.Parse(text, out _) : null;
        var lookNs = rule is null ? long.MaxValue : StopRule.FirstLookNs(scenario);
        var endNs = scenario.DurationNs;
        while (true)
        {
            // Events on their way count as pending, though no queue has them yet.
            var until =
                partitions == 1
                    ? WholeRun(reports[0], scenario.DurationNs)
                    : windows.NextWindow(reports.Select(static report => Math.Min(report.NextTimeNs, report.EarliestSentNs)));
            if (until is not { } window)
            {
                break;
            }

            var windowEnd = Math.Min(window, lookNs);

            reports = await Task.WhenAll(grains.Select((grain, index) => grain.RunSlice(windowEnd, due[index])));
            while (reports.Any(static report => !report.WindowDone))
            {
                yield return Progress(reports, scenario.DurationNs);
                reports = await Task.WhenAll(
                    grains.Select((grain, index) => reports[index].WindowDone ? Task.FromResult(reports[index]) : grain.RunSlice(windowEnd, due[index]))
                );
            }

            foreach (var report in reports)
            {
                for (var peer = 0; peer < partitions; peer++)
                {
                    due[peer] += report.SentTo[peer];
                }
            }

            if (windowEnd == lookNs)
            {
                if (rule!.IsMet(scenario, await ClientsAsync(grains, scenario), lookNs))
                {
                    endNs = lookNs;
                    break;
                }

                lookNs = StopRule.NextLookNs(lookNs);
            }

            if (windowEnd >= nextReportNs)
            {
                nextReportNs = windowEnd + (scenario.DurationNs / 100);
                yield return Progress(reports, scenario.DurationNs);
            }
        }

        var results = await Task.WhenAll(grains.Select(grain => grain.Collect(endNs)));
        yield return new RunReport(endNs, reports.Sum(static report => report.Events), results);
    }

    public Task<int> Locate(string name) => Task.FromResult(world?.PartitionOf(name, partitions) ?? -1);

    private static async Task<ClientRecorder> ClientsAsync(IPartitionGrain[] grains, Scenario scenario)
    {
        var parts = await Task.WhenAll(grains.Select(static grain => grain.CollectClients()));
        return PartitionResult.MergeClients(scenario, [.. parts.Select(part => PartitionResultCodec.Decode(scenario, part.Bytes))]);
    }

    private static long? WholeRun(PartitionReport report, long durationNs) => report.NextTimeNs < durationNs ? durationNs : null;

    private static RunReport Progress(PartitionReport[] reports, long durationNs) =>
        new(Math.Min(durationNs, reports.Min(static report => report.NextTimeNs)), reports.Sum(static report => report.Events), null);
}
