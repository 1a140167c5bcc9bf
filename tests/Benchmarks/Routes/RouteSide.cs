using MeshSim.ProxyRuntime.Core;

namespace MeshSim.Benchmarks;

/// <summary>One table in both ways, with the same requests for both.</summary>
internal sealed class RouteSide
{
    private const int HostCount = 1_000;

    /// <summary>A step by which the requests pass all virtual hosts, each far from the one before.</summary>
    private const int Step = 379;

    private static readonly Dictionary<RouteTables, RouteSide> Made = [];

    private RouteSide(Site[] sites)
    {
        Naive = new NaiveRouteTable(sites.Select(static site => (site.Domain, site.Routes)));
        Table = new RouteTable(
            "local",
            [
                .. sites.Select(static site => new VirtualHost
                {
                    Name = site.Domain,
                    Domains = [site.Domain],
                    Routes = [.. site.Routes.Select(static route => route.Compile())],
                }),
            ]
        );
        var naive = sites.Select(static site => new NaiveRequest(site.Request)).ToArray();
        var maps = sites.Select(static site => MapOf(site.Request)).ToArray();
        foreach (var place in Enumerable.Range(0, HostCount).Select(i => i * Step % sites.Length))
        {
            NaiveRequests.Add(naive[place]);
            Requests.Add(maps[place]);
        }

        Check();
    }

    public NaiveRouteTable Naive { get; }

    public RouteTable Table { get; }

    public List<NaiveRequest> NaiveRequests { get; } = [];

    public List<HeaderMap> Requests { get; } = [];

    /// <summary>Made once for both benchmarks: .NET takes its time for thousands of regular expressions.</summary>
    public static RouteSide Of(RouteTables tables)
    {
        if (!Made.TryGetValue(tables, out var side))
        {
            side = new RouteSide([.. Enumerable.Range(0, tables == RouteTables.OneHost ? 1 : HostCount).Select(number => SiteOf(tables, number))]);
            Made[tables] = side;
        }

        return side;
    }

    /// <summary>By turns an exact domain, a suffix and a prefix wildcard, of names that differ in length.</summary>
    private static Site SiteOf(RouteTables tables, int number)
    {
        var name = $"{new string('s', 1 + (number % 11))}{number}";
        var (domain, host) = (number % 3) switch
        {
            0 => ($"{name}.example.com", $"{name}.example.com"),
            1 => ($"*.{name}.example.com", $"eu.{name}.example.com"),
            _ => ($"{name}.*", $"{name}.example.org"),
        };
        return tables switch
        {
            RouteTables.ThousandHostsByPath => new Site(domain, RouteSpec.Paths(), RouteSpec.Request(host)),
            RouteTables.ThousandHostsUnlike => new Site(
                domain,
                RouteSpec.Full($"/api{number}", $"silver{number}"),
                RouteSpec.Request(host, $"/api{number}", $"silver{number}")
            ),
            _ => new Site(domain, RouteSpec.Full(), RouteSpec.Request(host)),
        };
    }

    private static HeaderMap MapOf((string Name, string Value)[] headers)
    {
        var map = new HeaderMap();
        foreach (var (name, value) in headers)
        {
            map.Add(name, value);
        }

        return map;
    }

    /// <summary>Both ways must find the same, the last route, or there is nothing to compare.</summary>
    private void Check()
    {
        for (var i = 0; i < Requests.Count; i++)
        {
            var (host, route) = Naive.Find(NaiveRequests[i]);
            var found = Table.Find(Requests[i], 0, RuntimeSnapshot.Empty, null).Route;
            if (route != Table.VirtualHosts[host].Routes.Length - 1 || !ReferenceEquals(found, Table.VirtualHosts[host].Routes[route]))
            {
                throw new InvalidOperationException($"Request {i} is routed in two ways.");
            }
        }
    }

    private sealed record Site(string Domain, RouteSpec[] Routes, (string Name, string Value)[] Request);
}

/// <summary>Which table is asked.</summary>
public enum RouteTables
{
    /// <summary>One virtual host and one request, which stays in the caches as one that was just read; ten routes with headers and regular expressions.</summary>
    OneHost,

    /// <summary>A thousand virtual hosts; ten routes each by path alone.</summary>
    ThousandHostsByPath,

    /// <summary>A thousand virtual hosts; the same ten routes with headers and regular expressions each, as templates make them.</summary>
    ThousandHostsAlike,

    /// <summary>A thousand virtual hosts; ten routes each with regular expressions of their own.</summary>
    ThousandHostsUnlike,
}
