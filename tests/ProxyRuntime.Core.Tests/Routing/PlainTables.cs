using CsCheck;

namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>Random route tables, and random requests from the same few words, so that many of them meet a route.</summary>
internal static class PlainTables
{
    private static readonly string[] Domains =
    [
        "*",
        "a.test",
        "b.test",
        "b.test:8080",
        "*.a.test",
        "*.b.a.test",
        "*-x.test",
        "*:8080",
        "a.*",
        "a.b.*",
        "B.Other",
    ];

    public static readonly Gen<PlainRequest> Requests = Gen.Select(
        Gen.OneOf(
            "a.test",
            "A.Test",
            "b.test",
            "b.test:8080",
            "b.test:9",
            "x.a.test",
            "x.b.a.test",
            "v-x.test",
            "-x.test",
            "a.",
            "a.org",
            "a.b.org",
            "b.other",
            "c.test",
            "c.test:8080"
        ),
        Gen.OneOf("/", "/a", "/a/", "/a/b", "/a/b/c", "/ab", "/A", "/A/b", "/b", "/b/c", "/a;v=1", "/a;v;w", "/a/b;q/b"),
        Gen.OneOf("", "?q=1", "?q=2&r", "?q", "?r=1&q=1&q=2", "?qq=1"),
        Gen.Select(Lines("x-one"), Lines("x-two"), ContentType(), static (one, two, type) => (ValueTuple<string, string>[])[.. one, .. two, .. type]),
        Gen.ULong[0, 199],
        static (host, path, query, headers, random) => new PlainRequest(host, path, query, headers, random)
    );

    public static readonly Gen<PlainTable> Tables = Gen.Select(
        Gen.Shuffle(Domains, 3, Domains.Length),
        Gen.Select(Rules(), Rules(), Rules()),
        Gen.Int[0, 3],
        Gen.Int[0, 3],
        static (domains, rules, port, parameters) =>
        {
            PlainRule[][] ofHosts = [rules.Item1, rules.Item2, rules.Item3];
            var hosts = ofHosts.Select((list, h) => Host([.. domains.Where((_, i) => i % 3 == h)], h, list));
            return new PlainTable([.. hosts], IgnorePort: port == 0, IgnorePathParameters: parameters == 0);
        }
    );

    private static PlainHost Host(string[] domains, int number, PlainRule[] rules) =>
        new(domains, [.. rules.Select((rule, i) => rule with { Name = $"{number}.{i}" })]);

    /// <summary>Some lists are long enough to be looked up by index.</summary>
    private static Gen<PlainRule[]> Rules() => Gen.Frequency((2, Rule().Array[0, 8]), (1, Rule().Array[25, 50]));

    private static Gen<PlainRule> Rule() =>
        Gen.Select(
            Gen.OneOf(PathSpecifier.Prefix, PathSpecifier.Path, PathSpecifier.SafeRegex, PathSpecifier.PathSeparatedPrefix),
            Gen.OneOf("/", "/a", "/a/", "/a/b", "/ab", "/A", "/b", "/b/c"),
            Gen.Int[0, 3],
            Gen.Int[0, 9],
            Gen.OneOf(Header().Array[1, 2], Header().Array[0]),
            Optional(Query(), 4),
            Optional(Fraction(), 4),
            static (kind, path, caseSensitive, grpc, headers, query, fraction) =>
                new PlainRule(
                    "",
                    kind,
                    kind == PathSpecifier.PathSeparatedPrefix && path.EndsWith('/') ? "/a" : path,
                    CaseSensitive: caseSensitive > 0,
                    Grpc: grpc == 0,
                    headers,
                    query,
                    fraction
                )
        );

    private static Gen<PlainHeader> Header() =>
        Gen.Select(
            Gen.OneOf("x-one", "x-two"),
            Gen.Enum<HeaderKind>(),
            Gen.OneOf("1", "15", "one", "o", "O", ""),
            Gen.Bool,
            Gen.Int[0, 2],
            Gen.Int[0, 2],
            static (name, kind, text, ignoreCase, invert, missing) =>
                new PlainHeader(name, kind, text, ignoreCase, Invert: invert == 0, MissingIsEmpty: missing == 0)
        );

    private static Gen<PlainQuery> Query() =>
        Gen.Select(Optional(Gen.OneOf("1", "2", ""), 2), Gen.Bool, static (value, present) => new PlainQuery(value, present));

    private static Gen<PlainFraction> Fraction() => Gen.Select(Gen.UInt[0, 100], Gen.Bool, static (percent, isHalf) => new PlainFraction(percent, isHalf));

    /// <summary>One of so many times.</summary>
    private static Gen<T?> Optional<T>(Gen<T> some, int times)
        where T : class => Gen.Select(Gen.Int[1, times], some, static (time, value) => time == 1 ? value : null);

    /// <summary>None, one or two lines of a header.</summary>
    private static Gen<(string Name, string Value)[]> Lines(string name) =>
        Gen.OneOf("", "1", "2", "15", "one", "One", "two").Array[0, 2].Select(values => values.Select(value => (name, value)).ToArray());

    private static Gen<(string Name, string Value)[]> ContentType() =>
        Gen.OneOf("application/grpc", "application/grpc+x", "text/plain")
            .Array[0, 1]
            .Select(static values => values.Select(static value => ("content-type", value)).ToArray());
}
