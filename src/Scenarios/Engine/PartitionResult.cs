using System.Collections.Immutable;
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
    internal static PartitionResult Collect(int index, long events, long endNs, IReadOnlyCollection<Entity> entities) =>
        new(
            new PartitionRecord(index, entities.Count, events),
            entities.OfType<ClientEntity>().ToImmutableSortedDictionary(static c => c.Id, static c => c.Recorder),
            entities.OfType<ProxyEntity>().ToImmutableSortedDictionary(static p => p.Id, p => Record(p, endNs)),
            entities.OfType<EndpointEntity>().ToImmutableSortedDictionary(static e => e.Id, static e => e.Record)
        );

    /// <summary>What the clients of all partitions saw together.</summary>
    public static ClientRecorder MergeClients(Scenario scenario, IReadOnlyCollection<PartitionResult> parts)
    {
        var clients = new ClientRecorder(scenario.WarmUpNs);
        foreach (var (_, recorder) in parts.SelectMany(static part => part.Clients).OrderBy(static entry => entry.Key))
        {
            clients.Merge(recorder);
        }

        return clients;
    }

    /// <summary>Puts the results of all partitions together.</summary>
    /// <param name="endNs">When the run ended; null: when the scenario does.</param>
    public static RunResult Merge(World world, IReadOnlyCollection<PartitionResult> parts, long? endNs = null)
    {
        var scenario = endNs is { } end ? world.Scenario with { DurationNs = end } : world.Scenario;
        return RunResult.Of(
            scenario,
            world.Seed,
            MergeClients(scenario, parts),
            [.. parts.SelectMany(static part => part.Proxies).OrderBy(static entry => entry.Key).Select(static entry => entry.Value)],
            [.. parts.SelectMany(static part => part.Endpoints).OrderBy(static entry => entry.Key).Select(static entry => entry.Value)]
        ) with
        {
            Partitions = [.. parts.Select(static part => part.Partition).OrderBy(static part => part.Index)],
        };
    }

    private static ProxyRecord Record(ProxyEntity proxy, long endNs) =>
        ProxyRecord.Of(proxy.Name, proxy.Sheets, OutcomeCounts.Sum(proxy.Responses)) with
        {
            Events = [.. proxy.View.Events],
            StatsBySecond = proxy.CountSeconds(endNs),
            Details = proxy.Details(),
        };
}
