using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>Where each message and field of a configuration was written, what stands in each Any, and all problems and warnings found.</summary>
/// <param name="environment">The files and variables it may refer to; null for none.</param>
/// <param name="allowUnsupported">Extensions that are unknown here are left to whoever needs them, instead of being refused.</param>
internal sealed class SourceMap(ConfigEnvironment? environment = null, bool allowUnsupported = false)
{
    /// <summary>More problems than a person reads; what comes after them is only counted.</summary>
    public const int MaxProblems = 1000;

    private readonly List<(IMessage Message, MessageSource Source)> messages = [];
    private readonly Dictionary<IMessage, MessageSource> sources = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Any, ConfigPlace> unread = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<ConfigProblem> problems = [];
    private readonly HashSet<ConfigProblem> warnings = [];
    private readonly HashSet<ConfigPath> unsupported = [];
    private readonly HashSet<ConfigPath> settled = [];
    private readonly HashSet<Any> refused = new(ReferenceEqualityComparer.Instance);

    /// <summary>What stands in each Any.</summary>
    public AnyContents Contents { get; } = new();

    public ConfigEnvironment Environment { get; } = environment ?? ConfigEnvironment.None;

    /// <summary>--allow-unsupported: filters that are not supported let everything pass.</summary>
    public bool AllowUnsupported => allowUnsupported;

    /// <summary>Each once, at most <see cref="MaxProblems"/>.</summary>
    public IReadOnlyCollection<ConfigProblem> Problems => problems;

    /// <summary>Each once, at most <see cref="MaxProblems"/>.</summary>
    public IReadOnlyCollection<ConfigProblem> Warnings => warnings;

    /// <summary>Every message that was read, in document order: a message stands before what is inside it.</summary>
    public IReadOnlyList<(IMessage Message, MessageSource Source)> Messages => messages;

    public MessageSource Add(IMessage message, ConfigPath path, ConfigPlace place)
    {
        var source = new MessageSource(path, place);
        sources[message] = source;
        messages.Add((message, source));
        return source;
    }

    public MessageSource Of(IMessage message) => sources[message];

    /// <summary>True for a message that was read, and not made by somebody.</summary>
    public bool IsKnown(IMessage message) => sources.ContainsKey(message);

    /// <summary>True if the field was written, with whatever value.</summary>
    public bool Has(IMessage message, string field) => Of(message).Fields.ContainsKey(field);

    public void SetContent(Any any, IMessage content) => Contents.Set(any, content);

    /// <summary>Marks an Any whose type has its problem already.</summary>
    public void Refuse(Any any) => _ = refused.Add(any);

    public bool IsRefused(Any? any) => any is not null && refused.Contains(any);

    /// <summary>The message in an Any; null if its type was not readable (a problem or warning says so).</summary>
    public IMessage? Content(Any? any) => any is null ? null : Contents.Message(any);

    /// <summary>Keeps what stands in an Any whose type is not read here.</summary>
    public void SetUnread(Any any, ConfigPlace typePlace, ConfigMapping content)
    {
        unread[any] = typePlace;
        Contents.SetUnread(any, any.TypeUrl, content);
    }

    /// <summary>What stands in an Any whose type is not read here; null for others.</summary>
    public ConfigNode? Raw(Any any) => Contents.Unread(any)?.Content;

    /// <summary>Every Any whose type is not read here, and where its type stands.</summary>
    public IEnumerable<(Any Any, ConfigPlace TypePlace)> UnreadContents => unread.Select(static entry => (entry.Key, entry.Value));

    public void Problem(ConfigPlace place, ConfigPath path, string message) => AddProblem(place, path, message);

    /// <summary>A problem at a field of a message, or at the message if the field was not written; nothing if it was misspelt, which is a problem already.</summary>
    public void Problem(IMessage message, string field, string text)
    {
        var source = Of(message);
        if (source.Fields.ContainsKey(field) || !source.IsMisspelt(field))
        {
            var (place, path) = source.At(field);
            AddProblem(place, path, text);
        }
    }

    /// <summary>A problem at one item of a list.</summary>
    public void Problem(IMessage message, string field, int index, string text)
    {
        var (place, path) = Of(message).At(field, index);
        AddProblem(place, path, text);
    }

    /// <summary>Something Envoy takes and this program does not yet: refused, so that no run rests on it.</summary>
    public void Unsupported(IMessage message, string field, string text)
    {
        var (place, path) = Of(message).At(field);
        AddProblem(place, path, text, unsupported: true);
        _ = unsupported.Add(path);
    }

    /// <summary>True if a field was refused as not supported yet.</summary>
    public bool IsUnsupported(ConfigPath path) => unsupported.Contains(path);

    /// <summary>Marks a field of which nothing needs to be said: something else stands in its place, or it says what goes without saying.</summary>
    public void Settle(IMessage message, string field) => _ = settled.Add(Of(message).At(field).Path);

    /// <summary>Marks a whole message of which nothing needs to be said.</summary>
    public void Settle(IMessage message) => _ = settled.Add(Of(message).Path);

    public bool IsSettled(ConfigPath path) => settled.Contains(path);

    public void Warn(IMessage message, string field, string text)
    {
        var (place, path) = Of(message).At(field);
        Warn(place, path, text);
    }

    public void Warn(ConfigPlace place, ConfigPath path, string text)
    {
        if (warnings.Count < MaxProblems)
        {
            _ = warnings.Add(new ConfigProblem(place.File, place.Line, place.Column, path.ToString(), text));
        }
    }

    private void AddProblem(ConfigPlace place, ConfigPath path, string text, bool unsupported = false)
    {
        if (problems.Count < MaxProblems)
        {
            _ = problems.Add(new ConfigProblem(place.File, place.Line, place.Column, path.ToString(), text, unsupported));
        }
    }
}
