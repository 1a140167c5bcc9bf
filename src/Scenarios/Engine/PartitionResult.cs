using System.Collections.Immutable;
using MeshSim.ProxyRuntime.Core;
using MeshSim.Scenarios.Model;

namespace MeshSim.Scenarios.Engine;

/// <summary>What the entities of one partition counted, each under its number, so that partitions merge in entity order.</summary>
public sealed record PartitionResult(
    PartitionRecord Partition,
    ImmutableSortedDictionary<int, ClientRecorder> Clients,
    ImmutableSortedDictionary<int, ProxyRecord> Proxies,
    ImmutableSortedDictionary<int, EndpointRecord> Endpoints
)
{
    internal static PartitionResult Collect(int index, long events, IReadOnlyCollection<Entity> entities) =>
        new(
            new PartitionRecord(index, entities.Count, events),
            entities.OfType<ClientEntity>().ToImmutableSortedDictionary(static c => c.Id, static c => c.Recorder),
            entities.OfType<ProxyEntity>().ToImmutableSortedDictionary(static p => p.Id, static p => Record(p)),
            entities.OfType<EndpointEntity>().ToImmutableSortedDictionary(static e => e.Id, static e => e.Record)
        );

    /// <summary>Puts the results of all partitions together.</summary>
    public static RunResult Merge(World world, IReadOnlyCollection<PartitionResult> parts)
    {
        var scenario = world.Scenario;
        var clients = new ClientRecorder(scenario);
        foreach (var (_, recorder) in parts.SelectMany(static part => part.Clients).OrderBy(static entry => entry.Key))
        {
            clients.Merge(recorder);
        }

        var totals = clients.Totals;
        return new RunResult
        {
            Scenario = scenario.Name,
            Seed = world.Seed,
            DurationNs = scenario.DurationNs,
            WarmUpNs = scenario.WarmUpNs,
            Totals = totals,
            Seconds = clients.Seconds,
            Proxies = [.. parts.SelectMany(static part => part.Proxies).OrderBy(static entry => entry.Key).Select(static entry => entry.Value)],
            Endpoints = [.. parts.SelectMany(static part => part.Endpoints).OrderBy(static entry => entry.Key).Select(static entry => entry.Value)],
            Partitions = [.. parts.Select(static part => part.Partition).OrderBy(static part => part.Index)],
            Expectations = [.. scenario.Expectations.Select(expectation => expectation.Check(totals))],
        };
    }

    private static ProxyRecord Record(ProxyEntity proxy)
    {
        var stats = new SortedDictionary<string, long>(StringComparer.Ordinal);
        var view = proxy.View;
        foreach (var sheet in view.Workers.Select(static worker => worker.Stats).Append(view.Main.Stats).Append(view.Shared.Stats))
        {
            AddAll(stats, sheet);
        }

        return new ProxyRecord(
            proxy.Name,
            stats.Where(static entry => entry.Value != 0).ToImmutableSortedDictionary(StringComparer.Ordinal),
            proxy.Responses.ToImmutableSortedDictionary(StringComparer.Ordinal)
        )
        {
            Events = [.. view.Events],
        };
    }

    private static void AddAll(SortedDictionary<string, long> stats, StatSheet sheet)
    {
        foreach (var counter in sheet.Counters)
        {
            stats[counter.Name] = stats.GetValueOrDefault(counter.Name) + counter.Value;
        }

        foreach (var gauge in sheet.Gauges)
        {
            stats[gauge.Name] = stats.GetValueOrDefault(gauge.Name) + gauge.Value;
        }
    }
}
