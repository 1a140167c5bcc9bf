using System.Collections.Immutable;
using System.Globalization;
using MeshSim.ProxyRuntime.Config;

namespace MeshSim.Scenarios.Model;

/// <content>Single values.</content>
internal sealed partial class FieldReader
{
    public string Text(string name, string? fallback = null, string about = "")
    {
        Note(new FieldDescription(name, FieldKind.Text, fallback, about));
        return Scalar(name, fallback);
    }

    /// <summary>One of some words.</summary>
    /// <param name="fallback">Null for a field that is required.</param>
    public string Word(string name, IReadOnlyList<string> words, string? fallback, string about)
    {
        Note(new FieldDescription(name, FieldKind.Word, fallback, about) { Words = words });
        var text = Scalar(name, fallback);
        if (text.Length > 0 && !words.Contains(text, StringComparer.Ordinal))
        {
            Problem(name, $"'{text}' is not accepted{NearestWord.Suggest(text, words)}; accepted: {string.Join(", ", words)}");
            return fallback ?? words[0];
        }

        return text;
    }

    public int Integer(string name, int fallback, int min, int max, string about = "")
    {
        Note(new FieldDescription(name, FieldKind.Integer, Invariant($"{fallback}"), about) { Least = min, Most = max });
        return Whole(name, fallback, min, max);
    }

    /// <summary>A number, or nothing said.</summary>
    public int? OptionalInteger(string name, int min, int max, string unsaid, string about)
    {
        Note(new FieldDescription(name, FieldKind.Integer, unsaid, about) { Least = min, Most = max });
        return Node(name) is null ? null : Whole(name, min, min, max);
    }

    public int RequiredInteger(string name, int min, int max, string about = "")
    {
        Note(new FieldDescription(name, FieldKind.Integer, null, about) { Least = min, Most = max });
        if (Node(name) is null)
        {
            Problem(name, "this field is required");
            return min;
        }

        return Whole(name, min, min, max);
    }

    /// <summary>True or false.</summary>
    public bool Flag(string name, string about = "", bool fallback = false)
    {
        Note(new FieldDescription(name, FieldKind.Flag, fallback ? "true" : "false", about));
        var text = Scalar(name, fallback ? "true" : "false");
        if (text is not ("true" or "false" or ""))
        {
            Problem(name, $"'{text}' is not accepted; accepted are true and false");
        }

        return text == "true";
    }

    public double? OptionalNumber(string name, double min, double max, string unsaid, string about)
    {
        Note(new FieldDescription(name, FieldKind.Number, unsaid, about) { Least = min, Most = max });
        return Node(name) is null ? null : Number(name, min, min, max);
    }

    /// <param name="fallback">Null for a field that is required.</param>
    public double Number(
        string name,
        double? fallback,
        double min = double.NegativeInfinity,
        double max = double.PositiveInfinity,
        double? above = null,
        string about = ""
    )
    {
        var unsaid = fallback?.ToString("R", CultureInfo.InvariantCulture);
        Note(new FieldDescription(name, FieldKind.Number, unsaid, about) { Least = Finite(above ?? min), Most = Finite(max) });
        var text = Scalar(name, unsaid);
        if (
            double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
            && value >= min
            && value <= max
            && (above is null || value > above)
        )
        {
            return value;
        }

        if (text.Length > 0)
        {
            Problem(name, $"'{text}' is not accepted; accepted is a number{Range(min, max, above)}");
        }

        return fallback ?? 0;
    }

    public long DurationNs(string name, string? fallback = null, string about = "", bool positive = false)
    {
        Note(new FieldDescription(name, FieldKind.Duration, fallback, about));
        var ns = Parsed(name, fallback, Units.DurationNs, "a duration with its unit, such as 250us, 20ms, 1.5s or 2m");
        if (positive && ns == 0 && Node(name) is not null && Units.DurationNs(Scalar(name, "")) is 0)
        {
            Problem(name, "must be above 0");
        }

        return ns;
    }

    /// <summary>A duration, or nothing said.</summary>
    public long? OptionalDurationNs(string name, string unsaid, string about)
    {
        Note(new FieldDescription(name, FieldKind.Duration, unsaid, about));
        return Node(name) is null ? null : Parsed(name, null, Units.DurationNs, "a duration with its unit, such as 250us, 20ms, 1.5s or 2m");
    }

    public double Rate(string name, string? fallback = null, string about = "")
    {
        Note(new FieldDescription(name, FieldKind.Rate, fallback, about));
        return Parsed(name, fallback, Units.RatePerSecond, "a rate such as 200/s or 30/m");
    }

    public double Fraction(string name, string? fallback = null, string about = "")
    {
        Note(new FieldDescription(name, FieldKind.Share, fallback, about));
        return Parsed(name, fallback, Units.Fraction, "a share such as 50% or 0.5");
    }

    /// <summary>A share, or nothing said.</summary>
    public double? OptionalFraction(string name, string unsaid, string about)
    {
        Note(new FieldDescription(name, FieldKind.Share, unsaid, about));
        return Node(name) is null ? null : Parsed(name, null, Units.Fraction, "a share such as 50% or 0.5");
    }

    /// <summary>Bytes a second, or nothing said.</summary>
    public double? OptionalBandwidth(string name, string unsaid, string about)
    {
        Note(new FieldDescription(name, FieldKind.Bandwidth, unsaid, about));
        return Node(name) is null ? null : Parsed(name, null, Units.BytesPerSecond, "a bandwidth such as 100Mbit/s or 1Gbit/s");
    }

    /// <summary>Some words, or one.</summary>
    public ImmutableArray<string> Texts(string name, string about)
    {
        var texts = ImmutableArray.CreateBuilder<string>();
        foreach (var item in List(name, about: about))
        {
            if (item is ConfigScalar scalar)
            {
                texts.Add(scalar.Text);
            }
            else
            {
                Problem(item.Place, At(name), $"expected a single value, found {item.Kind}");
            }
        }

        return texts.ToImmutable();
    }

    private string Scalar(string name, string? fallback)
    {
        switch (Node(name))
        {
            case ConfigScalar { Text: "", Scalar: not ScalarKind.Null } empty when fallback is null:
                Problem(empty.Place, At(name), "must not be empty");
                return "";
            case ConfigScalar { Scalar: not ScalarKind.Null } scalar:
                return scalar.Text;
            case null when fallback is null:
                Problem(Place, At(name), "this field is required");
                return "";
            case null:
                return fallback;
            case var other:
                Problem(other.Place, At(name), $"expected a single value, found {other.Kind}");
                return "";
        }
    }

    private int Whole(string name, int fallback, int min, int max)
    {
        var text = Scalar(name, fallback.ToString(CultureInfo.InvariantCulture));
        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && value >= min && value <= max)
        {
            return value;
        }

        Problem(PlaceOf(name), At(name), $"'{text}' is not accepted; accepted is a whole number from {min} to {max}");
        return fallback;
    }

    /// <summary><c> from 0 up to 5</c>, <c> above 0 and up to 10</c>; nothing where every number is accepted.</summary>
    private static string Range(double min, double max, double? above)
    {
        var least =
            above is { } bound ? Invariant($" above {bound} and")
            : double.IsFinite(min) ? Invariant($" from {min}")
            : "";
        return double.IsFinite(max) ? Invariant($"{least} up to {max}") : least;
    }

    private static double? Finite(double value) => double.IsFinite(value) ? value : null;

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private T Parsed<T>(string name, string? fallback, Func<string, T?> parse, string accepted)
        where T : struct
    {
        var text = Scalar(name, fallback);
        if (parse(text) is { } value)
        {
            return value;
        }

        if (text.Length > 0)
        {
            Problem(name, $"'{text}' is not accepted; accepted is {accepted}");
        }

        return default;
    }
}
