using CsCheck;

namespace MeshSim.ProxyRuntime.Core.Tests;

public class RouteTablePropertyTests
{
    private const int Tables = 300;

    /// <summary>That the random requests meet routes by every kind of condition is made sure of, too.</summary>
    [Fact]
    public void A_table_finds_the_virtual_host_and_the_route_that_a_naive_search_finds()
    {
        SortedDictionary<string, int> hits = new(StringComparer.Ordinal);
        FixedCases.ForEach(
            Gen.Select(PlainTables.Tables, PlainTables.Requests.Array[40]),
            Tables,
            (plain, requests) =>
            {
                var table = plain.Table;
                foreach (var request in requests)
                {
                    var (host, domain, rule, _) = plain.Evaluate(request);
                    var found = table.Find(Head(request), request.Random, PlainTable.Runtime, null);

                    Assert.Equal((request, host?.Domains[0], rule?.Name), (request, found.VirtualHost?.Name, found.Route?.Name));
                    Count(hits, plain, request, domain, rule);
                }
            }
        );

        string[] expected = [.. Enum.GetNames<HeaderKind>().SelectMany(static kind => (string[])[kind, $"not {kind}"]), .. Others];
        Assert.Equal([], expected.Where(kind => hits.GetValueOrDefault(kind) < 20).Select(kind => $"{kind}: {hits.GetValueOrDefault(kind)}"));
    }

    private static readonly string[] Others =
    [
        "no host",
        "no route",
        "domain *",
        "domain exact",
        "domain *suffix",
        "domain prefix*",
        "domain with port",
        "port ignored",
        "path parameters ignored",
        "prefix",
        "path",
        "safe_regex",
        "path_separated_prefix",
        "case ignored",
        "grpc",
        "missing header as empty",
        "query value",
        "query present",
        "query absent",
        "fraction",
        "fraction by runtime",
        "of many routes",
    ];

    /// <summary>Notes by which kinds of condition a request has met its route.</summary>
    private static void Count(SortedDictionary<string, int> hits, PlainTable table, PlainRequest request, string domain, PlainRule? rule)
    {
        void Hit(string kind, bool condition = true) => hits[kind] = hits.GetValueOrDefault(kind) + (condition ? 1 : 0);

        Hit("no host", domain.Length == 0);
        Hit("no route", domain.Length > 0 && rule is null);
        if (rule is null)
        {
            return;
        }

        Hit(
            domain switch
            {
                "*" => "domain *",
                ['*', ..] => "domain *suffix",
                [.., '*'] => "domain prefix*",
                _ => "domain exact",
            }
        );
        Hit("domain with port", domain.Contains(':', StringComparison.Ordinal));
        Hit("port ignored", table.IgnorePort && domain == "b.test" && request.Host.Contains(':', StringComparison.Ordinal));
        Hit("path parameters ignored", table.IgnorePathParameters && rule.Kind == PathSpecifier.Path && request.Path.Contains(';', StringComparison.Ordinal));
        Hit(PlainRule.FieldOf(rule.Kind));
        Hit("case ignored", rule.Kind != PathSpecifier.SafeRegex && !request.Path.StartsWith(rule.Path, StringComparison.Ordinal));
        Hit("grpc", rule.Grpc);
        foreach (var header in rule.Headers)
        {
            Hit(header.Invert ? $"not {header.Kind}" : $"{header.Kind}");
            Hit("missing header as empty", header.MissingIsEmpty && request.Headers.All(line => line.Name != header.Name));
        }

        Hit("query value", rule.Query is { Value: not null });
        Hit("query present", rule.Query is { Value: null, Present: true });
        Hit("query absent", rule.Query is { Value: null, Present: false });
        Hit("fraction", rule.Fraction is { IsHalf: false, Percent: < 100 });
        Hit("fraction by runtime", rule.Fraction is { IsHalf: true });
        Hit("of many routes", table.Hosts.Any(host => host.Rules.Contains(rule) && host.Rules.Length > 24));
    }

    private static HeaderMap Head(PlainRequest request)
    {
        var head = new HeaderMap();
        head.Add(":method", "GET");
        head.Add(":path", request.Path + request.Query);
        head.Add(":authority", request.Host);
        foreach (var (name, value) in request.Headers)
        {
            head.Add(name, value);
        }

        return head;
    }
}
