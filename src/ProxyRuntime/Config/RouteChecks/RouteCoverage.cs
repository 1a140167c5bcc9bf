using System.Globalization;
using Envoy.Config.Route.V3;
using MeshSim.ProxyRuntime.Core;
using RouteAction = MeshSim.ProxyRuntime.Core.RouteAction;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>Which routes the tests of a check have touched. Of weighted_clusters each cluster counts as a route of its own.</summary>
public sealed class RouteCoverage
{
    private const int FieldsOfForwarding = 5;
    private const int FieldsOfAnswering = 2;

    private readonly CheckedTable? table;
    private readonly Dictionary<object, Field> covered = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<object, string> names = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<string> touched = new(StringComparer.Ordinal);
    private readonly int total;

    internal RouteCoverage(CheckedTable? table)
    {
        this.table = table;
        for (var i = 0; i < table?.Table.VirtualHosts.Length; i++)
        {
            var routes = table.Table.VirtualHosts[i].Routes;
            for (var j = 0; j < routes.Length; j++)
            {
                names[routes[j]] = NameOf(table.Message, i, j);
                total += routes[j].Action is RouteAction { WeightedClusters: { } weighted } ? weighted.Clusters.Length : 1;
            }
        }
    }

    /// <summary>The expectations by which a route is covered.</summary>
    [Flags]
    internal enum Field
    {
        Cluster = 1,
        VirtualCluster = 2,
        VirtualHost = 4,
        PathRewrite = 8,
        HostRewrite = 16,
        PathRedirect = 32,
        CodeRedirect = 64,
    }

    /// <summary>How many of the routes a test has met an expectation of, in percent; not a number where there are no routes.</summary>
    public double Percent => 100.0 * covered.Count / total;

    /// <summary>The same, each route counting by how many of the expectations its kind can have were met.</summary>
    public double ComprehensivePercent => 100.0 * covered.Sum(static pair => Share(pair.Key, pair.Value)) / total;

    /// <summary>The routes without a test, by name and place: <c>Missing test for host: web, route name: home-virtual_hosts[0].routes[2]</c>.</summary>
    public IEnumerable<string> MissingByName => Missing().Select(static route => $"Missing test for host: {route.Host}, route name: {route.Name}");

    /// <summary>The routes without a test, by what they match.</summary>
    public IEnumerable<string> MissingByMatch =>
        Missing().Select(static route => $"Missing test for host: {route.Host}, route: {(route.Match is null ? "" : ProtoText.Write(route.Match))}");

    /// <summary>As Envoy's tool prints a percentage.</summary>
    public static string Text(double percent) => double.IsNaN(percent) ? "nan" : percent.ToString("G6", CultureInfo.InvariantCulture);

    internal void Mark(RouteProbe probe, Field field)
    {
        // An answer covers its route by other expectations than forwarding does; the redirect of require_tls is no route of the table.
        var ofAnswer = field is Field.PathRedirect or Field.CodeRedirect;
        if (probe.Route is not { } route || !names.TryGetValue(route, out var name) || route.Action is RouteAction == ofAnswer)
        {
            return;
        }

        var key = (object?)probe.Weighted ?? route;
        covered[key] = covered.GetValueOrDefault(key) | field;
        _ = touched.Add(name);
    }

    private static double Share(object key, Field fields) =>
        (double)System.Numerics.BitOperations.PopCount((uint)fields)
        / (key is Core.WeightedCluster || ((Core.Route)key).Action is RouteAction ? FieldsOfForwarding : FieldsOfAnswering);

    private IEnumerable<(string Host, string Name, Envoy.Config.Route.V3.RouteMatch? Match)> Missing()
    {
        for (var i = 0; i < table?.Message.VirtualHosts.Count; i++)
        {
            var host = table.Message.VirtualHosts[i];
            for (var j = 0; j < host.Routes.Count; j++)
            {
                var name = NameOf(table.Message, i, j);
                if (!touched.Contains(name))
                {
                    yield return (host.Name, name, host.Routes[j].Match);
                }
            }
        }
    }

    /// <summary>Envoy's tool makes names unique with something random; here it is the place.</summary>
    private static string NameOf(RouteConfiguration message, int host, int route) =>
        string.Create(CultureInfo.InvariantCulture, $"{message.VirtualHosts[host].Routes[route].Name}-virtual_hosts[{host}].routes[{route}]");
}
