using MeshSim.ProxyRuntime.Core;

namespace MeshSim.Benchmarks;

/// <summary>How a header of a <see cref="RouteSpec"/> is tested.</summary>
public enum HeaderTest
{
    Exact,
    Prefix,
    Contains,
    Present,
    Regex,

    /// <summary>A whole number below a hundred.</summary>
    Small,
}

/// <summary>A route by what it asks of a request: the same for the compiled table and for the naive one.</summary>
public sealed record RouteSpec(PathSpecifier Specifier, string Path, params (string Name, HeaderTest Test, string Text)[] Headers)
{
    /// <summary>
    /// Ten routes as gateways have them: half with a regular expression, all with headers. <see cref="Request"/> fits the last, and some of
    /// the others up to their last condition.
    /// </summary>
    /// <param name="api">What most paths begin with.</param>
    /// <param name="tenant">What the header x-tenant begins with.</param>
    public static RouteSpec[] Full(string api = "/api", string tenant = "silver") =>
        [
            new(PathSpecifier.Prefix, $"{api}/v2/users", ("x-canary", HeaderTest.Exact, "1")),
            new(PathSpecifier.SafeRegex, $"{api}/v[0-9]+/users/[^/]+/orders", ("x-tenant", HeaderTest.Prefix, $"{tenant}-")),
            new(PathSpecifier.Prefix, $"{api}/", ("x-version", HeaderTest.Small, ""), ("x-role", HeaderTest.Exact, "admin")),
            new(PathSpecifier.SafeRegex, @"/static/.+\.(css|js|png)", ("accept", HeaderTest.Contains, "json")),
            new(PathSpecifier.Path, "/healthz", ("user-agent", HeaderTest.Prefix, "probe/")),
            new(PathSpecifier.SafeRegex, $"{api}/v[0-9]+/orders/[0-9]+", ("x-tenant", HeaderTest.Regex, $"(gold|{tenant}x)-[a-z0-9]+")),
            new(PathSpecifier.Prefix, "/admin", ("x-role", HeaderTest.Present, "")),
            new(PathSpecifier.SafeRegex, $"{api}/v3/.*", ("x-tenant", HeaderTest.Present, "")),
            new(PathSpecifier.PathSeparatedPrefix, $"{api}/v2", ("content-type", HeaderTest.Prefix, "application/grpc")),
            new(
                PathSpecifier.SafeRegex,
                $"{api}/v[0-9]+/users/[^/]+/cart",
                ("x-tenant", HeaderTest.Regex, $"{tenant}-[a-z]+"),
                ("x-version", HeaderTest.Small, "")
            ),
        ];

    /// <summary>Ten routes by path alone; <see cref="Request"/> fits the last.</summary>
    public static RouteSpec[] Paths() =>
        [
            new(PathSpecifier.Path, "/healthz"),
            new(PathSpecifier.Prefix, "/static/"),
            new(PathSpecifier.Prefix, "/admin"),
            new(PathSpecifier.PathSeparatedPrefix, "/api/v1"),
            new(PathSpecifier.Path, "/api/v2/users"),
            new(PathSpecifier.Prefix, "/api/v2/orders"),
            new(PathSpecifier.PathSeparatedPrefix, "/api/v2/carts"),
            new(PathSpecifier.Prefix, "/api/v2/user-"),
            new(PathSpecifier.Prefix, "/api/v3"),
            new(PathSpecifier.Prefix, "/"),
        ];

    /// <summary>The headers of a request to a host, as a browser and a gateway before it send them.</summary>
    public static (string Name, string Value)[] Request(string host, string api = "/api", string tenant = "silver") =>
        [
            (":method", "GET"),
            (":scheme", "https"),
            (":authority", host),
            (":path", $"{api}/v2/users/ada/cart?page=2"),
            ("user-agent", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"),
            ("accept", "application/json, text/plain, */*"),
            ("accept-encoding", "gzip, deflate, br"),
            ("x-tenant", $"{tenant}-spoon"),
            ("x-version", "3"),
            ("x-forwarded-for", "203.0.113.9"),
            ("x-forwarded-proto", "https"),
            ("x-request-id", "9c5b94b1-35ad-49bb-b118-8e8fc24abf80"),
        ];

    /// <summary>The route for a <see cref="RouteTable"/>.</summary>
    public Route Compile() =>
        new()
        {
            Match = new RouteMatch(Specifier == PathSpecifier.SafeRegex ? PathMatcher.Of(Regex(Path)) : PathMatcher.Of(Specifier, Path))
            {
                Headers = [.. Headers.Select(static header => Matcher(header.Name, header.Test, header.Text))],
            },
            Action = new RouteAction { Cluster = "svc" },
        };

    private static HeaderMatcher Matcher(string name, HeaderTest test, string text) =>
        test switch
        {
            HeaderTest.Exact => HeaderMatcher.OfText(name, StringMatcher.Of(StringMatch.Exact, text)),
            HeaderTest.Prefix => HeaderMatcher.OfText(name, StringMatcher.Of(StringMatch.Prefix, text)),
            HeaderTest.Contains => HeaderMatcher.OfText(name, StringMatcher.Of(StringMatch.Contains, text)),
            HeaderTest.Regex => HeaderMatcher.OfText(name, StringMatcher.Of(Regex(text))),
            HeaderTest.Small => HeaderMatcher.OfRange(name, 0, 100),
            _ => HeaderMatcher.OfPresence(name),
        };

    private static Re2Regex Regex(string pattern) => Re2Regex.TryParse(pattern, out var error) ?? throw new ArgumentException(error, nameof(pattern));
}
