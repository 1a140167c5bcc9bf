using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using SystemRandom = System.Random;

namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>A random route table in plain words, what the core makes of it, and a naive evaluation that knows nothing of the core.</summary>
internal sealed class RandomTable
{
    private static readonly string[] Paths = ["/", "/a", "/a/", "/a/b", "/ab", "/A", "/b", "/b/c"];
    private static readonly string[] Values = ["", "1", "2", "15", "one", "two"];

    private readonly List<Host> hosts = [];

    public RandomTable(SystemRandom random)
    {
        string[] domains = ["*", "a.test", "*.a.test", "*.b.a.test", "a.*", "b.test:8080", "b.test"];
        random.Shuffle(domains);
        for (var i = 0; i < 3; i++)
        {
            // Some are long enough to be looked up by index.
            var count = random.Next(3) == 0 ? random.Next(25, 50) : random.Next(0, 8);
            hosts.Add(new Host(domains[2 * i], [.. Enumerable.Range(0, count).Select(j => NewRule($"{i}.{j}", random))]));
        }
    }

    public ProxySnapshot Snapshot =>
        Snapshots.Proxy(
            [.. hosts.Select(static host => Snapshots.Host(host.Domain, [.. host.Rules.Select(static rule => rule.Route())]))],
            [Snapshots.Cluster("svc", 1)]
        );

    /// <summary>Which rule a request meets, and at which condition each rule before it fails; null for no host.</summary>
    public (string Name, List<string> Misses)? Evaluate(Request request)
    {
        if (hosts.Where(host => Fits(host.Domain, request.Host)).OrderBy(static host => Rank(host.Domain)).FirstOrDefault() is not { } host)
        {
            return null;
        }

        List<string> misses = [];
        foreach (var rule in host.Rules)
        {
            if (rule.FirstMiss(request) is not { } miss)
            {
                return (rule.Name, misses);
            }

            misses.Add(miss);
        }

        return ("", misses);
    }

    public static Request NewRequest(SystemRandom random)
    {
        string[] names = ["a.test", "x.a.test", "x.b.a.test", "a.org", "b.test:8080", "b.test", "c.test"];
        var headers = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var name in new[] { "x-one", "x-two", "content-type" })
        {
            if (random.Next(2) == 0)
            {
                headers[name] =
                    name == "content-type" ? new[] { "application/grpc", "application/grpc+x", "text/plain" }[random.Next(3)] : Pick(Values, random);
            }
        }

        var query = new[] { "", "?q=1", "?q=2&r", "?q" }[random.Next(4)];
        return new Request(Pick(names, random), Pick(Paths, random), query, headers, (ulong)random.Next(200));
    }

    private static Rule NewRule(string name, SystemRandom random)
    {
        var headers = Enumerable.Range(0, random.Next(3)).Select(_ => NewHeader(random));
        var kind = (PathSpecifier)random.Next(4);
        var path = Pick(Paths, random);
        return new Rule(
            name,
            kind,
            kind == PathSpecifier.PathSeparatedPrefix && path.EndsWith('/') ? "/a" : path,
            CaseSensitive: random.Next(4) > 0,
            Grpc: random.Next(8) == 0,
            [.. headers],
            Query: random.Next(5) == 0 ? Pick(["1", "2", ""], random) : null,
            Percent: random.Next(5) == 0 ? (uint)random.Next(101) : null
        );
    }

    private static HeaderRule NewHeader(SystemRandom random) =>
        new(Pick(["x-one", "x-two"], random), (HeaderKind)random.Next(4), Pick(["1", "15", "one", "o"], random), Invert: random.Next(3) == 0);

    private static string Pick(string[] values, SystemRandom random) => values[random.Next(values.Length)];

    private static bool Fits(string domain, string host) =>
        domain == "*"
        || domain == host
        || (domain.StartsWith('*') && host.Length > domain.Length - 1 && host.EndsWith(domain[1..], StringComparison.Ordinal))
        || (domain.EndsWith('*') && host.Length > domain.Length - 1 && host.StartsWith(domain[..^1], StringComparison.Ordinal));

    private static int Rank(string domain) =>
        domain == "*" ? 1_000_000
        : domain.StartsWith('*') ? 1000 - domain.Length
        : domain.EndsWith('*') ? 2000 - domain.Length
        : 0;

    internal enum HeaderKind
    {
        Exact,
        Prefix,
        Present,
        Range,
    }

    internal sealed record Request(string Host, string Path, string Query, SortedDictionary<string, string> Headers, ulong Random);

    private sealed record Host(string Domain, ImmutableArray<Rule> Rules);

    private sealed record HeaderRule(string Name, HeaderKind Kind, string Value, bool Invert)
    {
        public HeaderMatcher Matcher =>
            (
                Kind switch
                {
                    HeaderKind.Exact => HeaderMatcher.OfText(Name, StringMatcher.Of(StringMatch.Exact, Value)),
                    HeaderKind.Prefix => HeaderMatcher.OfText(Name, StringMatcher.Of(StringMatch.Prefix, Value)),
                    HeaderKind.Present => HeaderMatcher.OfPresence(Name),
                    _ => HeaderMatcher.OfRange(Name, 1, 15),
                }
            ).With(Invert, treatMissingAsEmpty: false);

        public bool Fits(Request request)
        {
            var value = request.Headers.GetValueOrDefault(Name);
            if (Kind == HeaderKind.Present)
            {
                return (value is not null) != Invert;
            }

            var fits =
                value is not null
                && Kind switch
                {
                    HeaderKind.Exact => value == Value,
                    HeaderKind.Prefix => value.StartsWith(Value, StringComparison.Ordinal),
                    _ => long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number is >= 1 and < 15,
                };
            return value is not null && fits != Invert;
        }
    }

    private sealed record Rule(
        string Name,
        PathSpecifier Kind,
        string Path,
        bool CaseSensitive,
        bool Grpc,
        ImmutableArray<HeaderRule> Headers,
        string? Query,
        uint? Percent
    )
    {
        private string Expression => $"{Path}[a-b]*";

        public Route Route() =>
            new()
            {
                Name = Name,
                Match = new RouteMatch(
                    Kind == PathSpecifier.SafeRegex ? PathMatcher.Of(Snapshots.Regex(Expression)) : PathMatcher.Of(Kind, Path, CaseSensitive)
                )
                {
                    Grpc = Grpc,
                    Headers = [.. Headers.Select(static header => header.Matcher)],
                    QueryParameters = Query is null ? [] : [new QueryParameterMatcher("q", StringMatcher.Of(StringMatch.Exact, Query))],
                    Fraction = Percent is { } percent ? new RuntimeFraction(new FractionalPercent(percent)) : null,
                },
                Action = Snapshots.To("svc"),
            };

        /// <summary>The first condition that fails, by its field; null if none does.</summary>
        public string? FirstMiss(Request request)
        {
            if (Percent is { } percent && request.Random % 100 >= percent)
            {
                return "runtime_fraction";
            }

            if (Grpc && request.Headers.GetValueOrDefault("content-type") is not ("application/grpc" or "application/grpc+x"))
            {
                return "grpc";
            }

            for (var i = 0; i < Headers.Length; i++)
            {
                if (!Headers[i].Fits(request))
                {
                    return $"headers[{i}]";
                }
            }

            var q = request.Query switch
            {
                "?q=1" => "1",
                "?q=2&r" => "2",
                "?q" => "",
                _ => null,
            };
            if (Query is not null && q != Query)
            {
                return "query_parameters[0]";
            }

            return PathFits(request.Path)
                ? null
                : Kind switch
                {
                    PathSpecifier.Prefix => "prefix",
                    PathSpecifier.Path => "path",
                    PathSpecifier.SafeRegex => "safe_regex",
                    _ => "path_separated_prefix",
                };
        }

        private bool PathFits(string path)
        {
            var comparison = CaseSensitive ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase;
            return Kind switch
            {
                PathSpecifier.Prefix => path.StartsWith(Path, comparison),
                PathSpecifier.Path => path.Equals(Path, comparison),
                PathSpecifier.SafeRegex => Regex.IsMatch(path, $"^(?:{Expression})$", RegexOptions.None, TimeSpan.FromSeconds(1)),
                _ => path.Equals(Path, comparison) || path.StartsWith(Path + "/", comparison),
            };
        }
    }
}
