using System.Globalization;

namespace MeshSim.Scenarios.Model;

/// <summary>Numbers with units, as scenario files write them.</summary>
public static class Units
{
    private static readonly (string Unit, double Ns)[] Durations =
    [
        ("ns", 1),
        ("us", 1e3),
        ("µs", 1e3),
        ("ms", 1e6),
        ("s", 1e9),
        ("m", 60e9),
        ("min", 60e9),
        ("h", 3600e9),
    ];

    /// <summary>Nanoseconds of <c>20ms</c>, <c>1.5s</c>, <c>2m</c>; null if it is no duration.</summary>
    public static long? DurationNs(string text)
    {
        foreach (var (unit, ns) in Durations.OrderByDescending(static d => d.Unit.Length))
        {
            if (text.EndsWith(unit, StringComparison.Ordinal) && Number(text[..^unit.Length]) is { } value and >= 0 && value * ns < long.MaxValue)
            {
                return (long)Math.Round(value * ns);
            }
        }

        return text == "0" ? 0 : null;
    }

    /// <summary>A duration as files write it, exactly: <c>20ms</c>, <c>1.5s</c>.</summary>
    public static string Duration(double ns)
    {
        var (unit, size) =
            ns >= 1e9 ? ("s", 1e9)
            : ns >= 1e6 ? ("ms", 1e6)
            : ns >= 1e3 ? ("us", 1e3)
            : ("ns", 1.0);
        return ns == 0 ? "0s" : string.Create(CultureInfo.InvariantCulture, $"{(decimal)ns / (decimal)size}{unit}");
    }

    /// <summary>Events a second of <c>200/s</c>, <c>30/m</c>; null if it is no rate.</summary>
    public static double? RatePerSecond(string text)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0 || Number(text[..slash]) is not { } count || count < 0)
        {
            return null;
        }

        return text[(slash + 1)..] switch
        {
            "s" => count,
            "m" or "min" => count / 60,
            _ => null,
        };
    }

    /// <summary>Bytes a second of <c>100Mbit/s</c>; null if it is no bandwidth.</summary>
    public static double? BytesPerSecond(string text)
    {
        foreach (var (unit, bits) in ((string, double)[])[("Gbit/s", 1e9), ("Mbit/s", 1e6), ("kbit/s", 1e3), ("bit/s", 1)])
        {
            if (text.EndsWith(unit, StringComparison.Ordinal))
            {
                return Number(text[..^unit.Length]) is { } count and > 0 ? count * bits / 8 : null;
            }
        }

        return null;
    }

    /// <summary>0 to 1 of <c>99.5%</c> or <c>0.995</c>; null if it is neither.</summary>
    public static double? Fraction(string text)
    {
        var value = text.EndsWith('%') ? Number(text[..^1]) / 100 : Number(text);
        return value is >= 0 and <= 1 ? value : null;
    }

    private static double? Number(string text) =>
        double.TryParse(text.Trim(), NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value) ? value : null;
}
