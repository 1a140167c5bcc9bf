using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.Benchmarks;

/// <summary>
/// Which route a request takes: among ten with headers and regular expressions, and among a thousand virtual hosts of ten such routes each.
/// The naive table beside it is the baseline.
/// </summary>
[MemoryDiagnoser]
[CategoriesColumn]
[GroupBenchmarksBy(BenchmarkLogicalGroupRule.ByCategory)]
public class RouteBenchmark
{
    private const int HostCount = 1_000;
    private const string TenRoutes = "10 routes";
    private const string ThousandHosts = "1,000 hosts";

    private readonly Side one = new([("shop.example.com", "shop.example.com")]);
    private readonly Side many = new([.. Enumerable.Range(0, HostCount).Select(HostOf)]);

    [Benchmark(Baseline = true), BenchmarkCategory(TenRoutes)]
    public int NaiveTenRoutes() => one.Naive.Find(one.NaiveRequests[0]).Route;

    [Benchmark, BenchmarkCategory(TenRoutes)]
    public bool CompiledTenRoutes() => one.Table.Find(one.Requests[0], 0, RuntimeSnapshot.Empty, null).Route is not null;

    [Benchmark(Baseline = true, OperationsPerInvoke = HostCount), BenchmarkCategory(ThousandHosts)]
    public int NaiveThousandHosts()
    {
        var found = 0;
        foreach (var request in many.NaiveRequests)
        {
            found += many.Naive.Find(request).Route;
        }

        return found;
    }

    [Benchmark(OperationsPerInvoke = HostCount), BenchmarkCategory(ThousandHosts)]
    public int CompiledThousandHosts()
    {
        var found = 0;
        foreach (var request in many.Requests)
        {
            found += many.Table.Find(request, 0, RuntimeSnapshot.Empty, null).Route is null ? 0 : 1;
        }

        return found;
    }

    /// <summary>Both sides must find the same, or there is nothing to compare.</summary>
    [GlobalSetup]
    public void Check()
    {
        one.Check();
        many.Check();
    }

    /// <summary>By turns an exact domain, a suffix and a prefix wildcard, of names that differ in length.</summary>
    private static (string Domain, string Host) HostOf(int number)
    {
        var name = $"{new string('s', 1 + (number % 11))}{number}";
        return (number % 3) switch
        {
            0 => ($"{name}.example.com", $"{name}.example.com"),
            1 => ($"*.{name}.example.com", $"eu.{name}.example.com"),
            _ => ($"{name}.*", $"{name}.example.org"),
        };
    }

    /// <summary>The same tables and requests for both.</summary>
    private sealed class Side
    {
        /// <summary>With 1,000 virtual hosts a step by which the requests pass all of them, each far from the one before.</summary>
        private const int Step = 379;

        public Side((string Domain, string Host)[] hosts)
        {
            Naive = new NaiveRouteTable(hosts.Select(static host => (host.Domain, RouteSpec.Ten)));
            Table = new RouteTable(
                "local",
                [
                    .. hosts.Select(static host => new VirtualHost
                    {
                        Name = host.Domain,
                        Domains = [host.Domain],
                        Routes = [.. RouteSpec.Ten.Select(static route => route.Compile())],
                    }),
                ]
            );
            foreach (var place in Enumerable.Range(0, hosts.Length).Select(i => i * Step % hosts.Length))
            {
                var headers = RouteSpec.Request(hosts[place].Host);
                NaiveRequests.Add(new NaiveRequest(headers));
                var map = new HeaderMap();
                foreach (var (name, value) in headers)
                {
                    map.Add(name, value);
                }

                Requests.Add(map);
            }
        }

        public NaiveRouteTable Naive { get; }

        public RouteTable Table { get; }

        public List<NaiveRequest> NaiveRequests { get; } = [];

        public List<HeaderMap> Requests { get; } = [];

        public void Check()
        {
            for (var i = 0; i < Requests.Count; i++)
            {
                var (host, route) = Naive.Find(NaiveRequests[i]);
                var found = Table.Find(Requests[i], 0, RuntimeSnapshot.Empty, null);
                if (route != RouteSpec.Ten.Length - 1 || !ReferenceEquals(found.Route, Table.VirtualHosts[host].Routes[route]))
                {
                    throw new InvalidOperationException($"Request {i} is routed in two ways.");
                }
            }
        }
    }
}
