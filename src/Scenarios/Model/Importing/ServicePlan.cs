using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.Scenarios.Model;

/// <summary>A service that stands behind a cluster of an imported configuration.</summary>
/// <param name="Addresses">Where its replicas are; empty where the configuration has its name.</param>
/// <param name="Use">What the log tells of it; null where it tells nothing.</param>
internal sealed record PlannedService(string Name, int Port, ImmutableArray<string> Addresses, int Replicas, ClusterUse? Use);

/// <summary>Who stands behind the clusters of a configuration: services by the names and addresses in it.</summary>
internal sealed class ServicePlan
{
    /// <summary>So many clusters that the log does not know are given a service; more would hide the others.</summary>
    private const int MostUnused = 20;

    private readonly List<PlannedService> services = [];
    private readonly List<string> notes = [];
    private readonly HashSet<string> addresses = new(StringComparer.Ordinal);
    private readonly HashSet<string> names = new(StringComparer.Ordinal);

    private ServicePlan(string proxy) => _ = names.Add(proxy);

    public IReadOnlyList<PlannedService> Services => services;

    public IReadOnlyList<string> Notes => notes;

    /// <summary>Clusters of type EDS with the hosts that the log has seen; the configuration says nothing of them.</summary>
    public List<(ClusterSnapshot Cluster, ImmutableArray<string> Hosts)> Discovered { get; } = [];

    /// <summary>Clusters that are empty in a dump, with the hosts that the log has seen.</summary>
    public List<(ClusterSnapshot Cluster, ImmutableArray<string> Hosts)> Emptied { get; } = [];

    /// <param name="uses">By cluster.</param>
    /// <param name="proxy">A name that services must not have.</param>
    public static ServicePlan Of(ProxySnapshot snapshot, IReadOnlyCollection<ClusterUse> uses, string proxy)
    {
        var plan = new ServicePlan(proxy);
        var byName = snapshot.Clusters.ToDictionary(static cluster => cluster.Name, StringComparer.Ordinal);
        foreach (var use in uses.Where(use => byName.ContainsKey(use.Name)))
        {
            plan.Add(byName[use.Name], use);
        }

        var unused = snapshot.Clusters.Where(cluster => uses.All(use => use.Name != cluster.Name)).ToArray();
        foreach (var cluster in unused.Where(static cluster => cluster.Eds is not null))
        {
            plan.Discovered.Add((cluster, []));
        }

        ClusterSnapshot[] given = [.. unused.Where(static cluster => !cluster.Endpoints.IsEmpty)];
        foreach (var cluster in given.Take(MostUnused))
        {
            plan.Add(cluster, null);
        }

        if (given.Length > 0)
        {
            plan.notes.Add(
                given.Length > MostUnused
                    ? $"{given.Length} clusters have no request in the log; the first {MostUnused} of them are given a service of 1 ms, nobody is behind the others"
                    : $"no request in the log went to {string.Join(", ", given.Select(static cluster => $"'{cluster.Name}'"))}: 1 ms is assumed there"
            );
        }

        return plan;
    }

    private void Add(ClusterSnapshot cluster, ClusterUse? use)
    {
        var hosts = use?.Hosts ?? [];
        if (cluster.Type == DiscoveryType.OriginalDst)
        {
            notes.Add($"cluster '{cluster.Name}' sends requests where the client wanted them (ORIGINAL_DST), which the load does not say: they will fail");
            return;
        }

        var endpoints = cluster.Endpoints.Select(static endpoint => (endpoint.Address, endpoint.Port)).ToArray();
        if (endpoints.Length == 0)
        {
            endpoints = [.. hosts.Select(HostOf).OfType<(string Address, int Port)>()];
            (cluster.Eds is not null ? Discovered : Emptied).Add((cluster, hosts));
            if (endpoints.Length == 0)
            {
                notes.Add($"cluster '{cluster.Name}' has no endpoints in the configuration, and the log names no host of it: it answers 503 UH");
                return;
            }

            notes.Add($"cluster '{cluster.Name}' has no endpoints in the configuration; those that the log names are taken: {string.Join(", ", hosts)}");
        }

        foreach (var (name, port) in endpoints.Where(static endpoint => !IPAddress.TryParse(endpoint.Address, out _)).Distinct())
        {
            AddNamed(cluster, name, port, Math.Max(1, hosts.Length), use);
        }

        foreach (
            var group in endpoints.Where(static endpoint => IPAddress.TryParse(endpoint.Address, out _)).Distinct().GroupBy(static endpoint => endpoint.Port)
        )
        {
            AddAddresses(cluster, group.Key, [.. group.Select(static endpoint => endpoint.Address)], use);
        }
    }

    private void AddNamed(ClusterSnapshot cluster, string name, int port, int replicas, ClusterUse? use)
    {
        if (services.Find(service => service.Name == name) is { } known)
        {
            if (known.Port != port)
            {
                notes.Add($"cluster '{cluster.Name}' wants port {port} of '{name}', which listens on {known.Port}: a service has one port, so nobody is there");
            }
        }
        else if (names.Add(name))
        {
            services.Add(new PlannedService(name, port, [], replicas, use));
        }
        else
        {
            notes.Add($"cluster '{cluster.Name}' wants '{name}', and so is the proxy called: choose another with --name");
        }
    }

    /// <summary>An address belongs to the first cluster that has it.</summary>
    private void AddAddresses(ClusterSnapshot cluster, int port, string[] all, ClusterUse? use)
    {
        string[] own = [.. all.Where(address => addresses.Add(new NetworkAddress(address, port).Text))];
        if (own.Length == 0)
        {
            return;
        }

        var name = NameOf(cluster.Name);
        for (var number = 2; !names.Add(name); number++)
        {
            name = string.Create(CultureInfo.InvariantCulture, $"{NameOf(cluster.Name)}-{number}");
        }

        services.Add(new PlannedService(name, port, [.. own], own.Length, use));
    }

    /// <summary><c>outbound|8080|v1|orders.shop.svc.cluster.local</c> is <c>orders.shop.svc.cluster.local-v1</c>.</summary>
    private static string NameOf(string cluster)
    {
        var name = cluster.Split('|') is [_, _, var subset, { Length: > 0 } host] ? host + (subset.Length > 0 ? "-" + subset : "") : cluster;
        return string.Concat(name.Select(static c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' ? c : '-'));
    }

    private static (string Address, int Port)? HostOf(string host) =>
        IPEndPoint.TryParse(host, out var parsed) && parsed.Port > 0 ? (parsed.Address.ToString(), parsed.Port) : null;
}
