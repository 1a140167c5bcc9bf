using System.Collections.Immutable;
using System.Globalization;

namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>A worker with one cluster that is divided into subsets, and a route for each thing a request may say of itself.</summary>
internal sealed class SubsetProxy
{
    private readonly ImmutableArray<MetadataValue> asked;
    private readonly WorkerHarness worker;
    private readonly ClusterSnapshot cluster;

    public SubsetProxy(
        SubsetSnapshot subsets,
        IEnumerable<MetadataValue> requests,
        IEnumerable<EndpointSnapshot> hosts,
        LoadBalancingSnapshot? balancing = null
    )
    {
        asked = [.. requests];
        cluster = Snapshots.Cluster("svc", 0) with { Endpoints = [.. hosts] };
        cluster = cluster with
        {
            LoadBalancing = (balancing ?? cluster.LoadBalancing) with { Subsets = subsets },
            DefaultThresholds = new ThresholdsSnapshot(1_000_000, 1_000_000, 1_000_000, 3),
        };
        var routes = asked.Select((match, i) => Snapshots.Prefix(Path(i), Snapshots.To("svc") with { MetadataMatch = match }));
        worker = new WorkerHarness(Snapshots.Proxy([Snapshots.Host("*", [.. routes, Snapshots.Prefix("/", Snapshots.To("svc"))])], [cluster]));
    }

    public WorkerHarness Worker => worker;

    /// <summary>A host <c>10.0.0.NUMBER:80</c> with <c>a=1 b=2</c> as metadata under <c>envoy.lb</c>; a value with commas is a list.</summary>
    public static EndpointSnapshot Host(int number, string metadata = "", EdsHealth health = EdsHealth.Unknown, int priority = 0) =>
        new()
        {
            Address = string.Create(CultureInfo.InvariantCulture, $"10.0.0.{number}"),
            Port = 80,
            Health = health,
            Priority = priority,
            Metadata = new MetadataMap([KeyValuePair.Create("envoy.lb", Fields(metadata))]),
        };

    public static MetadataValue Fields(string text) =>
        MetadataValue.Of(
            text.Split(' ', StringSplitOptions.RemoveEmptyEntries)
                .Select(static field => field.Split('='))
                .Select(static field => KeyValuePair.Create(field[0], Value(field[1])))
        );

    public static SubsetSelectorSnapshot Selector(string keys, SubsetFallback fallback = SubsetFallback.NotDefined, string fallbackKeys = "") =>
        new([.. keys.Split(' ')]) { Fallback = fallback, FallbackKeys = [.. fallbackKeys.Split(' ', StringSplitOptions.RemoveEmptyEntries)] };

    /// <summary>The number of the host that a request gets; 0 if it gets none.</summary>
    /// <param name="request">Which of the things to ask; null for none of them.</param>
    public int Pick(int? request = null, params (string Name, string Value)[] headers)
    {
        var effect = worker.Get(request is { } number ? Path(number) : "/", headers)[0];
        return effect.StartsWith("reply", StringComparison.Ordinal)
            ? 0
            : int.Parse(effect.Split(' ')[2].Split(':')[0].Split('.')[3], CultureInfo.InvariantCulture);
    }

    /// <summary>The numbers of the hosts of so many requests, sorted.</summary>
    public IEnumerable<int> Picks(int count, int? request = null) => Enumerable.Range(0, count).Select(_ => Pick(request)).Order();

    /// <summary>The hosts are these now; one with the address of a former one is another host object.</summary>
    public void Update(IEnumerable<EndpointSnapshot> hosts)
    {
        var states = hosts.Select(static host => new HostState(
            new HostSnapshot
            {
                Address = new NetworkAddress(host.Address, host.Port),
                Priority = host.Priority,
                EdsHealth = host.Health,
                Metadata = host.Metadata,
            }
        ));
        _ = worker.Run(effects => worker.Worker.HostUpdate(worker.Now, new ClusterMembership(cluster.Name, [.. states]), effects));
    }

    private static string Path(int number) => string.Create(CultureInfo.InvariantCulture, $"/ask-{number}/");

    private static MetadataValue Value(string text) =>
        text.Contains(',', StringComparison.Ordinal) ? MetadataValue.Of([.. text.Split(',').Select(MetadataValue.Of)]) : MetadataValue.Of(text);
}
