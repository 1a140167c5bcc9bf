using System.Collections.Immutable;
using Envoy.Config.Bootstrap.V3;
using Envoy.Config.Cluster.V3;
using Envoy.Config.Route.V3;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>Reads another version of a route table of a proxy: a RouteConfiguration, as route discovery brings it.</summary>
public static class RoutesFile
{
    /// <summary>A table that is a part of a larger document.</summary>
    /// <param name="snapshot">The configuration of the proxy: one of its connection managers has a table of that name.</param>
    /// <param name="routes">The RouteConfiguration. Its clusters need not be there unless it has validate_clusters.</param>
    /// <param name="path">Where it stands in its document, for messages.</param>
    public static RoutesResult Of(ProxySnapshot snapshot, ConfigNode routes, string path)
    {
        var map = new SourceMap();
        var message = (RouteConfiguration)new ProtoReader(map).ReadMessage(RouteConfiguration.Descriptor, routes, ConfigPath.Root.Field(path));
        message.ValidateClusters ??= false;
        ConstraintTable.Check(map);
        CodeChecks.Check(map, ClustersOf(snapshot));
        CheckName(map, message, snapshot);
        var built = new RouteTableBuilder(new BuildContext(map)).Build(message);
        ModelledFields.WarnOfOthers(map);
        return new RoutesResult(map.Problems.Count > 0 ? null : built, BootstrapLoader.Sorted(map.Problems), BootstrapLoader.Sorted(map.Warnings));
    }

    private static void CheckName(SourceMap map, RouteConfiguration message, ProxySnapshot snapshot)
    {
        string[] names =
        [
            .. snapshot
                .Listeners.SelectMany(static listener => listener.AllFilterChains)
                .Select(static chain => chain.ConnectionManager?.RouteTable.Name)
                .OfType<string>()
                .Distinct(StringComparer.Ordinal),
        ];
        if (!names.Contains(message.Name, StringComparer.Ordinal))
        {
            var known = string.Join(", ", names.Select(static name => $"'{name}'"));
            map.Problem(
                message,
                "name",
                $"no connection manager has a route_config with the name '{message.Name}'{NearestWord.Suggest(message.Name, names)}; there are: {known}"
            );
        }
    }

    /// <summary>The clusters of the proxy by name, for tables that ask to be held against them.</summary>
    private static Bootstrap ClustersOf(ProxySnapshot snapshot) =>
        new()
        {
            StaticResources = new Bootstrap.Types.StaticResources
            {
                Clusters = { snapshot.Clusters.Select(static known => new Cluster { Name = known.Name }) },
            },
        };
}

/// <summary>What came of a version of a route table.</summary>
/// <param name="Routes">What the core is told; null if there are problems.</param>
public sealed record RoutesResult(RouteTable? Routes, ImmutableArray<ConfigProblem> Problems, ImmutableArray<ConfigProblem> Warnings)
    : ReadResult(Problems, Warnings);
