using Google.Protobuf.Reflection;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>Where one message and its fields were written.</summary>
internal sealed class MessageSource(ConfigPath path, ConfigPlace place)
{
    private readonly Dictionary<string, (ConfigPlace Place, ConfigPath Path)> fields = new(StringComparer.Ordinal);
    private Dictionary<string, ConfigPlace[]>? items;
    private HashSet<string>? misspelt;

    public ConfigPath Path => path;

    public ConfigPlace Place => place;

    /// <summary>The fields that were written, by proto name.</summary>
    public IReadOnlyDictionary<string, (ConfigPlace Place, ConfigPath Path)> Fields => fields;

    public void AddField(FieldDescriptor field, ConfigPlace fieldPlace, ConfigPath fieldPath) => fields[field.Name] = (fieldPlace, fieldPath);

    /// <summary>Notes the field an unknown name was probably meant to be: that it is missing needs no second problem.</summary>
    public void AddMisspelt(string field) => _ = (misspelt ??= new(StringComparer.Ordinal)).Add(field);

    public bool IsMisspelt(string field) => misspelt is not null && misspelt.Contains(field);

    /// <summary>Where the items of a list stand.</summary>
    public void AddItems(FieldDescriptor field, ConfigPlace[] places) => (items ??= new(StringComparer.Ordinal))[field.Name] = places;

    /// <summary>The place of a field; of the message if the field was not written.</summary>
    public (ConfigPlace Place, ConfigPath Path) At(string field) => fields.TryGetValue(field, out var known) ? known : (place, path.Field(field));

    public (ConfigPlace Place, ConfigPath Path) At(string field, int index)
    {
        var (listPlace, listPath) = At(field);
        var known = items is not null && items.TryGetValue(field, out var places) && index < places.Length ? places[index] : listPlace;
        return (known, listPath.Item(index));
    }
}
