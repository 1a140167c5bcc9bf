namespace MeshSim.Scenarios.Model;

/// <summary>
/// The fields an object of a scenario file may have, as the loader itself asks for them: the schema and the page of fields are made from
/// this, so they cannot say anything else than what is read.
/// </summary>
internal sealed class FieldSheet
{
    private readonly List<FieldDescription> fields = [];

    public IReadOnlyList<FieldDescription> Fields => fields;

    /// <summary>The first mention of a field counts.</summary>
    public FieldDescription Add(FieldDescription field)
    {
        if (fields.Find(known => known.Name == field.Name) is { } known)
        {
            return known;
        }

        fields.Add(field);
        return field;
    }
}

/// <summary>What a field takes.</summary>
internal enum FieldKind
{
    Text,
    Integer,
    Number,
    Flag,
    Duration,
    Rate,
    Share,
    Bandwidth,
    Word,
    Object,
    ObjectList,

    /// <summary>A list of single values, or one of them.</summary>
    ValueList,

    /// <summary>An object with names of the user's choice.</summary>
    Map,

    /// <summary>Whatever the reader of it says.</summary>
    Any,
}

/// <summary>One field.</summary>
/// <param name="Default">Null for a field that is required.</param>
/// <param name="About">What it is, with its range.</param>
internal sealed record FieldDescription(string Name, FieldKind Kind, string? Default, string About)
{
    /// <summary>Least and most, of numbers; null for none.</summary>
    public double? Least { get; init; }

    public double? Most { get; init; }

    /// <summary>The words that are accepted.</summary>
    public IReadOnlyList<string> Words { get; init; } = [];

    /// <summary>The fields of the object, or of each of a list.</summary>
    public FieldSheet? Inner { get; init; }

    /// <summary>A single value may stand for the object.</summary>
    public bool TakesValue { get; init; }

    /// <summary>The name of what the object is, where it is described in one place for several fields.</summary>
    public string? Shared { get; init; }

    /// <summary>Its items have more fields, as those of the list of the same name at the top of a file.</summary>
    public bool IsOpen { get; init; }

    /// <summary>One of a group of which exactly one is given.</summary>
    public bool IsOneOf { get; init; }
}
