using Envoy.Admin.V3;
using Envoy.Config.Route.V3;
using Envoy.Extensions.Filters.Network.HttpConnectionManager.V3;
using Google.Protobuf.WellKnownTypes;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>The route tables that RDS brought. Those written inside listeners stand there already.</summary>
internal sealed class DumpedRoutes
{
    private readonly Dictionary<string, Any> tables = new(StringComparer.Ordinal);
    private readonly ShareBudget budget;
    private readonly SourceMap map;
    private readonly DumpContents contents;

    public DumpedRoutes(SourceMap map, DumpContents contents, DumpNotes notes, IEnumerable<RoutesConfigDump> sections)
    {
        this.map = map;
        this.contents = contents;
        budget = new ShareBudget(map, "routes");
        foreach (var entry in sections.SelectMany(static section => section.DynamicRouteConfigs))
        {
            var name = contents.TextOf(entry.RouteConfig, "name");
            notes.Refused(entry, entry.ErrorState, $"route table '{name}'");
            if (entry.RouteConfig is not null && !tables.TryAdd(name, entry.RouteConfig))
            {
                notes.LeftOut(entry, $"route table '{name}' stands here twice; the first is taken");
            }
        }
    }

    /// <summary>Puts its table into every connection manager that was to ask for it.</summary>
    public void Resolve()
    {
        foreach (var manager in map.Messages.Select(static entry => entry.Message).OfType<HttpConnectionManager>().ToArray())
        {
            if (manager.Rds is { } rds)
            {
                map.Settle(manager, "rds");
                manager.RouteConfig = Find(rds) ?? Empty(rds);
            }
        }
    }

    /// <summary>The table by its name; null, with a problem, if the dump lacks it.</summary>
    private RouteConfiguration? Find(Rds rds)
    {
        var name = rds.RouteConfigName;
        if (!tables.TryGetValue(name, out var any))
        {
            map.Problem(
                rds,
                "route_config_name",
                $"the dump has no route table '{name}', either because Envoy had not got it yet or because a part is missing; {WholeDump.Advice}"
            );
            return null;
        }

        if (contents.Read<RouteConfiguration>(any) is not { } table)
        {
            return null;
        }

        if (!budget.TryTake(rds, "route_config_name", name, table.VirtualHosts.Sum(static host => 1 + host.Routes.Count)))
        {
            return null;
        }

        // A table that was found by RDS may name clusters that are not there.
        table.ValidateClusters ??= false;
        return table;
    }

    private RouteConfiguration Empty(Rds rds)
    {
        var table = new RouteConfiguration { Name = rds.RouteConfigName };
        var source = map.Of(rds);
        _ = map.Add(table, source.Path, source.Place);
        return table;
    }
}
