using System.Globalization;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Admin;

/// <summary>How a route was found, or why none was.</summary>
internal static class RouteText
{
    /// <summary>So many routes are told one by one; of more those whose path does not fit are summed up.</summary>
    private const int MaxMisses = 20;

    private const int MaxDomains = 20;

    public static void Write(Explanation explanation, RouteLookup lookup, TextTable table)
    {
        var search = lookup.Search;
        var again = lookup.By.Length > 0 ? $"looked for again by {lookup.By}: " : "";
        if (again.Length > 0 && IsSame(explanation, lookup))
        {
            table.Section("ROUTE", $"{again}the same");
            return;
        }

        table.Section("ROUTE", again + Summary(search));
        List<string[]> rows = [];
        if (search.VirtualHost is not null)
        {
            rows.Add(["domain", $"'{search.Domain}' fits host '{search.Host}'"]);
        }

        AddDomains(search, rows);
        AddConditions(search, rows);
        AddTarget(lookup, rows);
        AddMisses(search, rows);
        table.Rows(2, rows);
    }

    private static bool IsSame(Explanation explanation, RouteLookup lookup)
    {
        var at = explanation.Lookups.IndexOf(lookup);
        return at > 0
            && ReferenceEquals(explanation.Lookups[at - 1].Search.Route, lookup.Search.Route)
            && explanation.Lookups[at - 1].Cluster == lookup.Cluster;
    }

    private static string Summary(RouteSearch search)
    {
        var table = search.Table.Name.Length > 0 ? $"table '{search.Table.Name}'" : "the table";
        var host = search.VirtualHost is null ? "" : $"virtual host '{search.VirtualHost.Name}'";
        return search.Result switch
        {
            RouteSearchResult.Found => $"{Words.Name(search.Route!.Name)}, number {search.Place + 1} of {host}, {table}",
            RouteSearchResult.NoVirtualHost => $"none: no domain of {table} fits host '{search.Host}'",
            RouteSearchResult.NoRoute => $"none: no route of {host}, {table}, matches",
            RouteSearchResult.TlsRequired =>
                $"none is looked at: {host}, {table}, requires TLS ({Words.Upper(search.VirtualHost!.RequireTls)}); redirected to https",
            _ => $"none: {host}, {table}, requires TLS, and no x-forwarded-proto says whether there was any",
        };
    }

    private static void AddDomains(RouteSearch search, List<string[]> rows)
    {
        if (search.Result != RouteSearchResult.NoVirtualHost)
        {
            return;
        }

        rows.AddRange(search.Hints.Select(static (hint, i) => new[] { i == 0 ? "hint" : "", hint }));
        var domains = search.Table.VirtualHosts.SelectMany(static host => host.Domains.Select(domain => $"'{domain}' (virtual host '{host.Name}')")).ToArray();
        rows.AddRange(domains.Take(MaxDomains).Select(static (domain, i) => new[] { i == 0 ? "domains" : "", domain }));
        if (domains.Length == 0)
        {
            rows.Add(["domains", "none"]);
        }
        else if (domains.Length > MaxDomains)
        {
            rows.Add(["", string.Create(CultureInfo.InvariantCulture, $"and {domains.Length - MaxDomains} more")]);
        }
    }

    private static void AddConditions(RouteSearch search, List<string[]> rows) =>
        rows.AddRange(search.Conditions.Select(static (condition, i) => new[] { i == 0 ? "matches" : "", condition }));

    private static void AddTarget(RouteLookup lookup, List<string[]> rows)
    {
        if (lookup.Search.Route is not { } route || lookup.Search.Result != RouteSearchResult.Found)
        {
            return;
        }

        if (route.Action is not RouteAction action)
        {
            rows.Add(["action", Words.Action(route.Action)]);
            return;
        }

        var unknown = lookup.ClusterKnown ? "" : ", which does not exist";
        var cluster = lookup.Cluster.Length > 0 ? $"'{lookup.Cluster}'{unknown}" : "none";
        if (action.ClusterHeader is { } header)
        {
            rows.Add(["cluster", $"{cluster}, named by header '{header}'{(lookup.Cluster.Length == 0 ? ", which is absent" : "")}"]);
        }
        else if (action.WeightedClusters is { } weighted)
        {
            var total = weighted.Clusters.Sum(static entry => (long)entry.Weight);
            var chosen = lookup.Weighted is { } one ? string.Create(CultureInfo.InvariantCulture, $"weight {one.Weight} of {total}") : "all weights are 0";
            var others = weighted.Clusters.Where(entry => !ReferenceEquals(entry, lookup.Weighted)).Select(NameOf);
            rows.Add(["cluster", $"{cluster}, {chosen}; the others: {string.Join(", ", others)}"]);
        }
        else
        {
            rows.Add(["cluster", cluster]);
        }
    }

    private static string NameOf(WeightedCluster cluster) =>
        string.Create(CultureInfo.InvariantCulture, $"'{(cluster.Name.Length > 0 ? cluster.Name : $"header {cluster.ClusterHeader}")}' {cluster.Weight}");

    private static void AddMisses(RouteSearch search, List<string[]> rows)
    {
        var told = search.Misses.Length <= MaxMisses ? search.Misses : [.. search.Misses.Where(static miss => miss.PathFits).Take(MaxMisses)];
        var label = "no match";
        foreach (var miss in told)
        {
            var name = miss.Route.Name.Length > 0 ? $" '{miss.Route.Name}'" : "";
            var why = miss.PathFits ? miss.Asks : $"{miss.Route.Match.Path}";
            rows.Add([label, string.Create(CultureInfo.InvariantCulture, $"number {miss.Place + 1}{name}"), why]);
            label = "";
        }

        var left = search.Misses.Length - told.Length;
        if (left > 0)
        {
            rows.Add([label, string.Create(CultureInfo.InvariantCulture, $"{left} more, most by their path (--json lists them)")]);
        }
    }
}
