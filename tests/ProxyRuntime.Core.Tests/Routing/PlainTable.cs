using System.Globalization;
using System.Text.RegularExpressions;

namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>A route table in plain words, what the core makes of it, and a naive evaluation that knows nothing of the core.</summary>
internal sealed record PlainTable(PlainHost[] Hosts, bool IgnorePort, bool IgnorePathParameters)
{
    /// <summary>For fractions that have a key.</summary>
    public static readonly RuntimeSnapshot Runtime = Snapshots.Runtime(("half", 50));

    public RouteTable Table =>
        new("t", [.. Hosts.Select(static host => host.VirtualHost)]) { IgnorePortInHostMatching = IgnorePort, IgnorePathParameters = IgnorePathParameters };

    public ProxySnapshot Snapshot =>
        Snapshots.Proxy([], [Snapshots.Cluster("svc", 1)], manager => manager with { RouteTable = Table }) with
        {
            Runtime = Runtime,
        };

    /// <summary>The host a request goes to and by which domain, the rule it meets there, and at which condition each rule before that fails.</summary>
    public (PlainHost? Host, string Domain, PlainRule? Rule, List<string> Misses) Evaluate(PlainRequest request)
    {
        var name = request.Host.ToLowerInvariant();
        name = IgnorePort && name.Contains(':', StringComparison.Ordinal) ? name[..name.LastIndexOf(':')] : name;
        var (host, domain) = Hosts
            .SelectMany(static host => host.Domains.Select(domain => (Host: host, Domain: domain)))
            .Where(pair => DomainFits(pair.Domain.ToLowerInvariant(), name))
            .OrderBy(static pair => Rank(pair.Domain))
            .FirstOrDefault();
        List<string> misses = [];
        foreach (var rule in host?.Rules ?? [])
        {
            var path = IgnorePathParameters ? request.Path.Split(';')[0] : request.Path;
            if (rule.FirstMiss(request, path) is not { } miss)
            {
                return (host, domain, rule, misses);
            }

            misses.Add(miss);
        }

        return (host, domain ?? "", null, misses);
    }

    public override string ToString() => $"{string.Join('\n', (object[])Hosts)}\nignores port: {IgnorePort}, path parameters: {IgnorePathParameters}";

    private static bool DomainFits(string domain, string host) =>
        domain == "*"
        || domain == host
        || (domain.StartsWith('*') && host.Length >= domain.Length && host.EndsWith(domain[1..], StringComparison.Ordinal))
        || (domain.EndsWith('*') && host.Length >= domain.Length && host.StartsWith(domain[..^1], StringComparison.Ordinal));

    private static int Rank(string domain) =>
        domain == "*" ? 1_000_000
        : domain.StartsWith('*') ? 1000 - domain.Length
        : domain.EndsWith('*') ? 2000 - domain.Length
        : 0;
}

/// <summary>A virtual host. Its answers name the route in <c>x-route</c>.</summary>
internal sealed record PlainHost(string[] Domains, PlainRule[] Rules)
{
    private static readonly HeaderMutations Told = new([], [new HeaderAddition(HeaderName.Of("x-route"), Snapshots.Format("%ROUTE_NAME%"))]);

    public VirtualHost VirtualHost =>
        new()
        {
            Name = Domains[0],
            Domains = [.. Domains],
            Routes = [.. Rules.Select(static rule => rule.Route)],
            ResponseHeaders = Told,
        };

    public override string ToString() => $"{string.Join(", ", Domains)}\n    {string.Join("\n    ", (object[])Rules)}";
}

/// <summary>A request without a body. <paramref name="Headers"/> may hold a name twice.</summary>
internal sealed record PlainRequest(string Host, string Path, string Query, (string Name, string Value)[] Headers, ulong Random)
{
    public override string ToString() => $"{Host}{Path}{Query} {string.Join(", ", Headers)} random {Random % 100}";
}

internal sealed record PlainRule(
    string Name,
    PathSpecifier Kind,
    string Path,
    bool CaseSensitive,
    bool Grpc,
    PlainHeader[] Headers,
    PlainQuery? Query,
    PlainFraction? Fraction
)
{
    private string Expression => $"{Path}[a-b/]*";

    public Route Route =>
        new()
        {
            Name = Name,
            Match = new RouteMatch(Kind == PathSpecifier.SafeRegex ? PathMatcher.Of(Snapshots.Regex(Expression)) : PathMatcher.Of(Kind, Path, CaseSensitive))
            {
                Grpc = Grpc,
                Headers = [.. Headers.Select(static header => header.Matcher)],
                QueryParameters = Query is { } query ? [query.Matcher] : [],
                Fraction = Fraction is { } fraction ? new RuntimeFraction(new FractionalPercent(fraction.Percent), fraction.IsHalf ? "half" : "") : null,
            },
            Action = Snapshots.To("svc"),
        };

    /// <summary>The first condition that fails, by its field; null if none does.</summary>
    public string? FirstMiss(PlainRequest request, string path)
    {
        if (Fraction is { } fraction && request.Random % 100 >= (fraction.IsHalf ? 50 : fraction.Percent))
        {
            return "runtime_fraction";
        }

        if (Grpc && !request.Headers.Any(static header => header is ("content-type", "application/grpc" or "application/grpc+x")))
        {
            return "grpc";
        }

        var missed = Array.FindIndex(Headers, header => !header.Fits(request));
        return missed >= 0 ? $"headers[{missed}]"
            : Query?.Fits(request) == false ? "query_parameters[0]"
            : PathFits(path) ? null
            : FieldOf(Kind);
    }

    public static string FieldOf(PathSpecifier kind) =>
        kind switch
        {
            PathSpecifier.Prefix => "prefix",
            PathSpecifier.Path => "path",
            PathSpecifier.SafeRegex => "safe_regex",
            _ => "path_separated_prefix",
        };

    public override string ToString() =>
        $"{Name}: {Route.Match.Path}; {string.Join("; ", Route.Match.Headers)} grpc {Grpc}; {Query?.Matcher}; fraction {Fraction}";

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

/// <summary>A share of the requests. <paramref name="IsHalf"/>: the runtime makes it 50.</summary>
internal sealed record PlainFraction(uint Percent, bool IsHalf);

internal enum HeaderKind
{
    Exact,
    Prefix,
    Suffix,
    Contains,
    Regex,
    Range,
    Present,
    Absent,
}

internal sealed record PlainHeader(string Name, HeaderKind Kind, string Text, bool IgnoreCase, bool Invert, bool MissingIsEmpty)
{
    public HeaderMatcher Matcher =>
        (
            Kind switch
            {
                HeaderKind.Present => HeaderMatcher.OfPresence(Name),
                HeaderKind.Absent => HeaderMatcher.OfPresence(Name, present: false),
                HeaderKind.Range => HeaderMatcher.OfRange(Name, 1, 15),
                HeaderKind.Regex => HeaderMatcher.OfText(Name, StringMatcher.Of(Snapshots.Regex($"{Text}[0-9e]*"))),
                _ => HeaderMatcher.OfText(Name, StringMatcher.Of((StringMatch)Kind, Text, IgnoreCase)),
            }
        ).With(Invert, MissingIsEmpty);

    public bool Fits(PlainRequest request)
    {
        string[] values = [.. request.Headers.Where(header => header.Name == Name).Select(static header => header.Value)];
        values = values.Length == 0 && MissingIsEmpty ? [""] : values;
        return Kind is HeaderKind.Present or HeaderKind.Absent
            ? (values.Length > 0 == (Kind == HeaderKind.Present)) != Invert
            : values.Length > 0 && values.Any(ValueFits) != Invert;
    }

    private bool ValueFits(string value)
    {
        var comparison = IgnoreCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
        return Kind switch
        {
            HeaderKind.Exact => value.Equals(Text, comparison),
            HeaderKind.Prefix => value.StartsWith(Text, comparison),
            HeaderKind.Suffix => value.EndsWith(Text, comparison),
            HeaderKind.Contains => value.Contains(Text, comparison),
            HeaderKind.Regex => Regex.IsMatch(value, $"^(?:{Text}[0-9e]*)$", RegexOptions.None, TimeSpan.FromSeconds(1)),
            _ => long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number is >= 1 and < 15,
        };
    }
}

/// <summary>A condition on the parameter <c>q</c>: its value, or null: whether it is there.</summary>
internal sealed record PlainQuery(string? Value, bool Present)
{
    public QueryParameterMatcher Matcher => new("q", Value is null ? null : StringMatcher.Of(StringMatch.Exact, Value), Present);

    /// <summary>The first value counts; a parameter without <c>=</c> has an empty one.</summary>
    public bool Fits(PlainRequest request)
    {
        var first = request.Query.TrimStart('?').Split('&').FirstOrDefault(static part => part.Split('=')[0] == "q");
        return Value is null ? first is not null == Present : first is not null && Value == string.Concat(first.Split('=').Skip(1));
    }
}
