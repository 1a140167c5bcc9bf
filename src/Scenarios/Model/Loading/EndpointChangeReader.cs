using System.Collections.Immutable;
using MeshSim.ProxyRuntime.Config;

namespace MeshSim.Scenarios.Model;

/// <summary>Reads what clusters of type EDS are told of their endpoints, and when.</summary>
internal static class EndpointChangeReader
{
    /// <summary>One entry; null, with a problem, if it does not fit the proxies.</summary>
    public static EndpointChange? Read(FieldReader fields, IReadOnlyList<ProxyRole> proxies, ReadingContext context)
    {
        var (proxyName, clusterName) = (fields.Text("proxy", about: "its name"), fields.Text("cluster", about: "one of its clusters of type EDS"));
        var at = fields.DurationNs("at", "0s", "when all replicas of the proxy are told");
        var assignment = fields.Node("assignment", FieldKind.Any, null, "a ClusterLoadAssignment as Envoy takes it");
        if (proxies.FirstOrDefault(proxy => proxy.Name == proxyName) is not { } proxy)
        {
            fields.Problem("proxy", $"unknown proxy '{proxyName}'{NearestWord.Suggest(proxyName, proxies.Select(static role => role.Name))}");
            return null;
        }

        var discovered = proxy.Snapshot.Clusters.Where(static cluster => cluster.Eds is not null).ToArray();
        if (Array.Find(discovered, cluster => cluster.Name == clusterName) is not { } cluster)
        {
            var meant = NearestWord.Suggest(clusterName, discovered.Select(static known => known.Name));
            fields.Problem("cluster", $"'{clusterName}' is no cluster of type EDS of proxy '{proxyName}'{meant}");
            return null;
        }

        if (assignment is null)
        {
            fields.Problem("assignment", "this field is required: a ClusterLoadAssignment");
            return null;
        }

        var result = EndpointsFile.Of(proxy.Snapshot, cluster, assignment, fields.At("assignment"));
        context.Problems.AddRange(result.Problems);
        context.Warnings.AddRange(result.Warnings);
        return result.Answer.Assignment is { } built ? new EndpointChange(proxyName, clusterName, at, built) : null;
    }

    /// <summary>In order of time. A cluster of which nothing is said at all would be empty for ever, which nobody means.</summary>
    public static ImmutableArray<EndpointChange> Ordered(FieldReader root, IEnumerable<EndpointChange?> changes, IReadOnlyList<ProxyRole> proxies)
    {
        var given = root.List("endpoints");
        foreach (var proxy in proxies)
        {
            foreach (var cluster in proxy.Snapshot.Clusters.Where(static cluster => cluster.Eds is not null))
            {
                var isNamed = given.OfType<ConfigMapping>().Any(entry => Says(entry, "proxy", proxy.Name) && Says(entry, "cluster", cluster.Name));
                if (!isNamed)
                {
                    root.Problem(
                        "endpoints",
                        $"cluster '{cluster.Name}' of proxy '{proxy.Name}' is of type EDS: its endpoints are to be given here, with 'assignment'"
                    );
                }
            }
        }

        return [.. changes.OfType<EndpointChange>().OrderBy(static change => change.AtNs)];
    }

    private static bool Says(ConfigMapping entry, string field, string value) =>
        entry.Entries.Any(pair => pair.Key == field && pair.Value is ConfigScalar scalar && scalar.Text == value);
}
