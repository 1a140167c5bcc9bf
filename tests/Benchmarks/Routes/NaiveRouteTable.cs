using System.Globalization;
using System.Text.RegularExpressions;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.Benchmarks;

/// <summary>
/// Routing as one would write it at first: over strings, every virtual host and route one after the other, with .NET's regular expressions
/// in linear time, one for each pattern. Its requests are texts and a dictionary already; what it would take to make them does not count.
/// </summary>
public sealed class NaiveRouteTable
{
    private readonly NaiveHost[] hosts;
    private readonly Dictionary<string, Regex> regexes = new(StringComparer.Ordinal);

    public NaiveRouteTable(IEnumerable<(string Domain, RouteSpec[] Routes)> hosts)
    {
        this.hosts = [.. hosts.Select(host => new NaiveHost(host.Domain, [.. host.Routes.Select(route => new NaiveRoute(route, Whole))]))];
    }

    /// <summary>The places of virtual host and route; −1 where none fits.</summary>
    public (int Host, int Route) Find(NaiveRequest request)
    {
        var (best, rank) = (-1, 0);
        for (var i = 0; i < hosts.Length; i++)
        {
            var own = hosts[i].Rank(request.Host);
            (best, rank) = own > rank ? (i, own) : (best, rank);
        }

        for (var i = 0; best >= 0 && i < hosts[best].Routes.Length; i++)
        {
            if (hosts[best].Routes[i].Matches(request))
            {
                return (best, i);
            }
        }

        return (best, -1);
    }

    private Regex Whole(string pattern) =>
        regexes.TryGetValue(pattern, out var made)
            ? made
            : regexes[pattern] = new Regex($@"\A(?:{pattern})\z", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);

    private sealed record NaiveHost(string Domain, NaiveRoute[] Routes)
    {
        /// <summary>How well a host fits: exactly before any suffix before any prefix, longer before shorter; 0 if it does not.</summary>
        public int Rank(string host)
        {
            if (Domain == "*")
            {
                return 1;
            }

            if (Domain[0] == '*')
            {
                return host.Length >= Domain.Length && host.AsSpan().EndsWith(Domain.AsSpan(1), StringComparison.OrdinalIgnoreCase) ? 1_000 + Domain.Length : 0;
            }

            if (Domain[^1] == '*')
            {
                return host.Length >= Domain.Length && host.AsSpan().StartsWith(Domain.AsSpan(0, Domain.Length - 1), StringComparison.OrdinalIgnoreCase)
                    ? 500 + Domain.Length
                    : 0;
            }

            return host.Equals(Domain, StringComparison.OrdinalIgnoreCase) ? 2_000 : 0;
        }
    }

    private sealed class NaiveRoute(RouteSpec spec, Func<string, Regex> whole)
    {
        private readonly Regex? path = spec.Specifier == PathSpecifier.SafeRegex ? whole(spec.Path) : null;
        private readonly Regex?[] headers = [.. spec.Headers.Select(header => header.Test == HeaderTest.Regex ? whole(header.Text) : null)];

        public bool Matches(NaiveRequest request)
        {
            for (var i = 0; i < headers.Length; i++)
            {
                var (name, test, text) = spec.Headers[i];
                if (!request.Headers.TryGetValue(name, out var value) || !HeaderMatches(test, text, headers[i], value))
                {
                    return false;
                }
            }

            return spec.Specifier switch
            {
                PathSpecifier.SafeRegex => path!.IsMatch(request.Path),
                PathSpecifier.Path => request.Path == spec.Path,
                PathSpecifier.Prefix => request.Path.StartsWith(spec.Path, StringComparison.Ordinal),
                _ => request.Path.StartsWith(spec.Path, StringComparison.Ordinal)
                    && (request.Path.Length == spec.Path.Length || request.Path[spec.Path.Length] == '/'),
            };
        }

        private static bool HeaderMatches(HeaderTest test, string text, Regex? regex, string value) =>
            test switch
            {
                HeaderTest.Exact => value == text,
                HeaderTest.Prefix => value.StartsWith(text, StringComparison.Ordinal),
                HeaderTest.Contains => value.Contains(text, StringComparison.Ordinal),
                HeaderTest.Regex => regex!.IsMatch(value),
                HeaderTest.Small => long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
                    && number is >= 0 and < 100,
                _ => true,
            };
    }
}

/// <summary>A request of a <see cref="NaiveRouteTable"/>.</summary>
public sealed class NaiveRequest
{
    public NaiveRequest((string Name, string Value)[] headers)
    {
        Headers = headers.ToDictionary(static header => header.Name, static header => header.Value, StringComparer.OrdinalIgnoreCase);
        Host = Headers[":authority"];
        Path = Headers[":path"].Split('?')[0];
    }

    public string Host { get; }

    public string Path { get; }

    public Dictionary<string, string> Headers { get; }
}
