using System.Globalization;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>Where each message and field of a configuration was written, what stands in each Any, and all problems and warnings found.</summary>
internal sealed class SourceMap
{
    private readonly Dictionary<IMessage, MessageSource> sources = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Any, IMessage> contents = new(ReferenceEqualityComparer.Instance);

    public List<ConfigProblem> Problems { get; } = [];

    public List<ConfigProblem> Warnings { get; } = [];

    /// <summary>Every message that was read, in document order.</summary>
    public IEnumerable<(IMessage Message, MessageSource Source)> Messages =>
        sources.Select(static entry => (entry.Key, entry.Value)).OrderBy(static entry => entry.Value.Order);

    public MessageSource Add(IMessage message, string path, ConfigPlace place)
    {
        var source = new MessageSource(path, place, sources.Count);
        sources[message] = source;
        return source;
    }

    public MessageSource Of(IMessage message) => sources[message];

    public void SetContent(Any any, IMessage content) => contents[any] = content;

    /// <summary>The message in an Any; null if its type was not readable (a problem says so).</summary>
    public IMessage? Content(Any? any) => any is not null && contents.TryGetValue(any, out var content) ? content : null;

    public void Problem(ConfigPlace place, string path, string message) => Problems.Add(new ConfigProblem(place.File, place.Line, place.Column, path, message));

    /// <summary>A problem at a field of a message, or at the message if the field was not written.</summary>
    public void Problem(IMessage message, string field, string text)
    {
        var (place, path) = Of(message).At(field);
        Problem(place, path, text);
    }

    /// <summary>A problem at one item of a list.</summary>
    public void Problem(IMessage message, string field, int index, string text)
    {
        var (place, path) = Of(message).At(field, index);
        Problem(place, path, text);
    }

    /// <summary>Something Envoy takes and this program does not yet: refused, so that no run rests on it.</summary>
    public void Unsupported(IMessage message, string field, string text)
    {
        var (place, path) = Of(message).At(field);
        Problems.Add(new ConfigProblem(place.File, place.Line, place.Column, path, text, Unsupported: true));
    }

    public void Warn(IMessage message, string field, string text)
    {
        var (place, path) = Of(message).At(field);
        Warnings.Add(new ConfigProblem(place.File, place.Line, place.Column, path, text));
    }
}

/// <summary>Where one message was written.</summary>
internal sealed class MessageSource(string path, ConfigPlace place, int order)
{
    private readonly Dictionary<string, (ConfigPlace Place, string Path)> fields = new(StringComparer.Ordinal);
    private Dictionary<string, ConfigPlace[]>? items;

    public string Path => path;

    public ConfigPlace Place => place;

    public int Order => order;

    /// <summary>The fields that were written, by proto name.</summary>
    public IReadOnlyDictionary<string, (ConfigPlace Place, string Path)> Fields => fields;

    public void AddField(FieldDescriptor field, ConfigPlace fieldPlace, string fieldPath) => fields[field.Name] = (fieldPlace, fieldPath);

    /// <summary>Where the items of a list stand.</summary>
    public void AddItems(FieldDescriptor field, ConfigPlace[] places) => (items ??= new(StringComparer.Ordinal))[field.Name] = places;

    public (ConfigPlace Place, string Path) At(string field, int index)
    {
        var (listPlace, listPath) = At(field);
        var known = items is not null && items.TryGetValue(field, out var places) && index < places.Length ? places[index] : listPlace;
        return (known, string.Create(CultureInfo.InvariantCulture, $"{listPath}[{index}]"));
    }

    public (ConfigPlace Place, string Path) At(string field) =>
        fields.TryGetValue(field, out var known) ? known : (place, path.Length == 0 ? field : $"{path}.{field}");
}
