using System.Collections.Immutable;
using System.Globalization;
using MeshSim.ProxyRuntime.Config;

namespace MeshSim.Scenarios.Model;

/// <summary>
/// Reads the fields of one object of a scenario file; what is missing, wrong or left over becomes a problem with its place. Describing, it
/// reads nothing and notes what is asked for.
/// </summary>
internal sealed partial class FieldReader
{
    private readonly List<ConfigProblem> problems;
    private readonly Dictionary<string, ConfigEntry> fields = new(StringComparer.Ordinal);
    private readonly HashSet<string> known = new(StringComparer.Ordinal);
    private readonly FieldSheet? sheet;

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

    /// <summary>A reader of nothing that notes what is asked for.</summary>
    public FieldReader(FieldSheet sheet)
    {
        this.sheet = sheet;
        problems = [];
        Path = "";
    }

    public string Path { get; }

    public ConfigPlace Place { get; }

    /// <summary>Fields are described, not read: there is no value of any.</summary>
    public bool IsDescribing => sheet is not null;

    public ConfigNode? Node(string name)
    {
        _ = known.Add(name);
        return fields.GetValueOrDefault(name)?.Value;
    }

    /// <summary>Whether something is said.</summary>
    public bool Has(string name) => Node(name) is not null;

    /// <summary>A node that the caller reads for itself.</summary>
    public ConfigNode? Node(string name, FieldKind kind, string? fallback, string about)
    {
        Note(new FieldDescription(name, kind, fallback, about));
        return Node(name);
    }

    public ImmutableArray<ConfigNode> List(string name, bool required = false, string about = "")
    {
        Note(new FieldDescription(name, FieldKind.ValueList, required ? null : "none", about));
        return Items(name, required);
    }

    /// <summary>An object of its own fields; null where it is not given.</summary>
    /// <param name="takesValue">A single value may stand there, too; then the caller has looked at it before.</param>
    /// <param name="shared">What it is called where it is described once for several fields.</param>
    /// <param name="oneOf">It is one of several of which one is given.</param>
    public FieldReader? Object(string name, string? unsaid, string about, bool takesValue = false, string? shared = null, bool oneOf = false)
    {
        if (sheet is not null)
        {
            var inner = new FieldSheet();
            var noted = sheet.Add(
                new FieldDescription(name, FieldKind.Object, unsaid, about)
                {
                    Inner = inner,
                    TakesValue = takesValue,
                    Shared = shared,
                    IsOneOf = oneOf,
                }
            );
            return shared is null && noted.Inner == inner ? new FieldReader(inner) : null;
        }

        return Node(name) is { } node ? new FieldReader(node, At(name), problems) : null;
    }

    /// <summary>A list of objects; one may stand without its list.</summary>
    /// <param name="keepsRest">Fields that are not asked for are read by somebody else.</param>
    public ImmutableArray<T> Each<T>(string name, string about, Func<FieldReader, T> read, bool required = false, bool keepsRest = false)
    {
        if (sheet is not null)
        {
            var inner = new FieldSheet();
            _ = sheet.Add(new FieldDescription(name, FieldKind.ObjectList, required ? null : "none", about) { Inner = inner, IsOpen = keepsRest });
            _ = read(new FieldReader(inner));
            return [];
        }

        var built = ImmutableArray.CreateBuilder<T>();
        foreach (var (item, index) in Items(name, required).Select(static (item, index) => (item, index)))
        {
            var inner = new FieldReader(item, string.Create(CultureInfo.InvariantCulture, $"{At(name)}[{index}]"), problems);
            built.Add(read(inner));
            if (!keepsRest)
            {
                inner.End();
            }
        }

        return built.ToImmutable();
    }

    /// <summary>The entries of an object; none where it is missing.</summary>
    public IReadOnlyList<ConfigEntry> Entries(string name, bool required = false, string about = "")
    {
        Note(new FieldDescription(name, FieldKind.Map, required ? null : "none", about));
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

    public void Problem(ConfigPlace place, string path, string message)
    {
        if (!IsDescribing)
        {
            problems.Add(new ConfigProblem(place.File, place.Line, place.Column, path, message));
        }
    }

    /// <summary>A problem with a value that stands somewhere in an item of a list: told where it stands, else where the item does.</summary>
    /// <param name="field">The field that has it; null for any.</param>
    public void ProblemIn(string list, int index, string? field, string value, string message)
    {
        var all = fields.GetValueOrDefault(list)?.Value;
        var path = string.Create(CultureInfo.InvariantCulture, $"{At(list)}[{index}]");
        var item = all is ConfigSequence items ? items.Items.ElementAtOrDefault(index) : all;
        var (place, at) = item is null ? (PlaceOf(list), At(list)) : ValueFinder.Find(item, path, field, value) ?? (item.Place, path);
        Problem(place, at, message);
    }

    public string At(string name) => Path.Length == 0 ? name : $"{Path}.{name}";

    public ConfigPlace PlaceOf(string name) => fields.TryGetValue(name, out var entry) ? entry.Value.Place : Place;

    private void Note(FieldDescription field) => sheet?.Add(field);

    private ImmutableArray<ConfigNode> Items(string name, bool required)
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
}
