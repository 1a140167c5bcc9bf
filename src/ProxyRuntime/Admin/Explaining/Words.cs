using System.Globalization;
using System.Text;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Admin;

/// <summary>Values in words.</summary>
internal static class Words
{
    private static readonly (long Ns, string Unit)[] Units =
    [
        (3600 * MonotonicTime.NanosecondsPerSecond, "h"),
        (60 * MonotonicTime.NanosecondsPerSecond, "min"),
        (MonotonicTime.NanosecondsPerSecond, "s"),
        (MonotonicTime.NanosecondsPerMillisecond, "ms"),
    ];

    /// <summary><c>15 s</c>, <c>2.5 s</c>, <c>5 min</c>: the largest unit that needs at most three decimals.</summary>
    public static string Duration(long ns)
    {
        foreach (var (size, unit) in Units)
        {
            if (Math.Abs(ns) >= size && ns % (size / 1000) == 0 && (unit is "s" or "ms" || ns % size == 0))
            {
                return string.Create(CultureInfo.InvariantCulture, $"{(decimal)ns / size:0.###} {unit}");
            }
        }

        return string.Create(CultureInfo.InvariantCulture, $"{(decimal)ns / MonotonicTime.NanosecondsPerMillisecond:0.######} ms");
    }

    /// <summary>An enumeration as Envoy writes it: <c>ROUND_ROBIN</c>.</summary>
    public static string Upper<T>(T value)
        where T : struct, Enum
    {
        var text = new StringBuilder();
        foreach (var c in value.ToString())
        {
            if (char.IsUpper(c) && text.Length > 0)
            {
                _ = text.Append('_');
            }

            _ = text.Append(char.ToUpperInvariant(c));
        }

        return text.ToString();
    }

    /// <summary>A name in quotes, or that there is none.</summary>
    public static string Name(string name) => name.Length > 0 ? $"'{name}'" : "without a name";

    public static string Fraction(RuntimeFraction fraction) =>
        string.Create(CultureInfo.InvariantCulture, $"{fraction.Default.Numerator} of {fraction.Default.Denominator}")
        + (fraction.RuntimeKey.Length > 0 ? $", runtime key '{fraction.RuntimeKey}'" : "");

    public static string Hash(HashPolicy policy) =>
        policy switch
        {
            HeaderHashPolicy header => $"header '{header.Name}'",
            CookieHashPolicy cookie => $"cookie '{cookie.Name}'",
            SourceIpHashPolicy => "source address",
            QueryParameterHashPolicy parameter => $"query parameter '{parameter.Name}'",
            FilterStateHashPolicy state => $"filter state '{state.Key}'",
            _ => policy.GetType().Name,
        } + (policy.Terminal ? " (terminal)" : "");

    public static string Predicate(RetryHostPredicate predicate) =>
        predicate switch
        {
            PreviousHostsPredicate => "previous_hosts",
            OmitCanaryHostsPredicate => "omit_canary_hosts",
            OmitHostMetadataPredicate omit => $"omit_host_metadata {omit.Match}",
            _ => predicate.GetType().Name,
        };

    /// <summary>What route's action does, in one line.</summary>
    public static string Action(ActionSnapshot action) =>
        action switch
        {
            RedirectAction redirect => string.Create(CultureInfo.InvariantCulture, $"redirects with {redirect.Status}"),
            DirectResponseAction direct => string.Create(CultureInfo.InvariantCulture, $"answers {direct.Status} itself (direct_response)"),
            NonForwardingAction => "forwards nothing (non_forwarding_action)",
            _ => "forwards",
        };
}
