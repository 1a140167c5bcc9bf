using System.Collections.Immutable;
using System.Globalization;
using MeshSim.ProxyRuntime.Config;

namespace MeshSim.Scenarios.Model;

/// <summary>Reads the fields of one object of a scenario file; what is missing, wrong or left over becomes a problem with its place.</summary>
internal sealed class FieldReader
{
    private readonly List<ConfigProblem> problems;
    private readonly Dictionary<string, ConfigEntry> fields = new(StringComparer.Ordinal);
    private readonly HashSet<string> known = new(StringComparer.Ordinal);

    public FieldReader(ConfigNode node, string path, List<ConfigProblem> problems)
    {
        this.problems = problems;
        Path = path;
        Place = node.Place;
        if (node is ConfigMapping mapping)
        {
            foreach (var entry in mapping.Entries)
            {
                fields[entry.Key] = entry;
            }
        }
        else
        {
            Problem(node.Place, path, $"expected an object, found {node.Kind}");
        }
    }

    public string Path { get; }

    public ConfigPlace Place { get; }

    public ConfigNode? Node(string name)
    {
        _ = known.Add(name);
        return fields.GetValueOrDefault(name)?.Value;
    }

    public string Text(string name, string? fallback = null)
    {
        switch (Node(name))
        {
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

    public int Integer(string name, int fallback, int min, int max)
    {
        var text = Text(name, fallback.ToString(CultureInfo.InvariantCulture));
        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && value >= min && value <= max)
        {
            return value;
        }

        Problem(PlaceOf(name), At(name), $"'{text}' is not accepted; accepted is a whole number from {min} to {max}");
        return fallback;
    }

    public int RequiredInteger(string name, int min, int max)
    {
        if (Node(name) is null)
        {
            Problem(name, "this field is required");
            return min;
        }

        return Integer(name, min, min, max);
    }

    /// <summary>True or false; false where nothing is said.</summary>
    public bool Flag(string name)
    {
        var text = Text(name, "false");
        if (text is not ("true" or "false" or ""))
        {
            Problem(name, $"'{text}' is not accepted; accepted are true and false");
        }

        return text == "true";
    }

    /// <param name="fallback">Null for a field that is required.</param>
    public double Number(string name, double? fallback, double min = double.NegativeInfinity, double max = double.PositiveInfinity, double? above = null)
    {
        var text = Text(name, fallback?.ToString("R", CultureInfo.InvariantCulture));
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

    public long DurationNs(string name, string? fallback = null) =>
        Parsed(name, fallback, Units.DurationNs, "a duration with its unit, such as 250us, 20ms, 1.5s or 2m");

    public double Rate(string name) => Parsed(name, null, Units.RatePerSecond, "a rate such as 200/s or 30/m");

    public double Fraction(string name, string? fallback = null) => Parsed(name, fallback, Units.Fraction, "a share such as 50% or 0.5");

    public ImmutableArray<ConfigNode> List(string name, bool required = false)
    {
        switch (Node(name))
        {
            case ConfigSequence sequence:
                return [.. sequence.Items];
            case null when required:
                Problem(Place, At(name), "this list is required");
                return [];
            case null:
                return [];
            case var other:
                return [other]; // One item may be written without its list.
        }
    }

    /// <summary>The entries of an object; none where it is missing.</summary>
    public IReadOnlyList<ConfigEntry> Entries(string name, bool required = false)
    {
        switch (Node(name))
        {
            case ConfigMapping mapping:
                return mapping.Entries;
            case null when required:
                Problem(Place, At(name), "this object is required");
                return [];
            case null:
                return [];
            case var other:
                Problem(other.Place, At(name), $"expected an object, found {other.Kind}");
                return [];
        }
    }

    /// <summary>Every field that nobody asked for is a problem.</summary>
    public void End()
    {
        foreach (var entry in fields.Values.Where(entry => !known.Contains(entry.Key)))
        {
            Problem(
                entry.KeyPlace,
                At(entry.Key),
                $"unknown field '{entry.Key}'{NearestWord.Suggest(entry.Key, known)}; accepted: {string.Join(", ", known.Order(StringComparer.Ordinal))}"
            );
        }
    }

    public void Problem(string name, string message) => Problem(PlaceOf(name), At(name), message);

    public void Problem(ConfigPlace place, string path, string message) => problems.Add(new ConfigProblem(place.File, place.Line, place.Column, path, message));

    public string At(string name) => Path.Length == 0 ? name : $"{Path}.{name}";

    /// <summary><c> from 0 up to 5</c>, <c> above 0 and up to 10</c>; nothing where every number is accepted.</summary>
    private static string Range(double min, double max, double? above)
    {
        var least =
            above is { } bound ? Invariant($" above {bound} and")
            : double.IsFinite(min) ? Invariant($" from {min}")
            : "";
        return double.IsFinite(max) ? Invariant($"{least} up to {max}") : least;
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private ConfigPlace PlaceOf(string name) => fields.TryGetValue(name, out var entry) ? entry.Value.Place : Place;

    private T Parsed<T>(string name, string? fallback, Func<string, T?> parse, string accepted)
        where T : struct
    {
        var text = Text(name, fallback);
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
