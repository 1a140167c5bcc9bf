using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>Reads the messages that have a form of their own in JSON: Duration, Any, Struct, Value, ListValue, Timestamp.</summary>
internal sealed class WellKnownReader(SourceMap map, ProtoReader reader)
{
    private static readonly HashSet<string> Own =
    [
        "google.protobuf.Duration",
        "google.protobuf.Timestamp",
        "google.protobuf.Any",
        "google.protobuf.Struct",
        "google.protobuf.Value",
        "google.protobuf.ListValue",
    ];

    private static readonly HashSet<string> TypedStructs = ["udpa.type.v1.TypedStruct", "xds.type.v3.TypedStruct"];

    public static bool Handles(MessageDescriptor type) => Own.Contains(type.FullName);

    public static bool IsWrapper(MessageDescriptor type) => type.File.Name == "google/protobuf/wrappers.proto";

    /// <param name="extensionName">The name an Any goes by, for messages.</param>
    public IMessage? Read(MessageDescriptor type, ConfigNode node, ConfigPath path, string extensionName) =>
        type.FullName switch
        {
            "google.protobuf.Duration" => ReadDuration(node, path),
            "google.protobuf.Timestamp" => ReadTimestamp(node, path),
            "google.protobuf.Any" => ReadAny(node, path, extensionName),
            "google.protobuf.Struct" => node is ConfigMapping mapping ? StructValues.Struct(mapping) : Refuse(node, path, "an object with free keys"),
            "google.protobuf.ListValue" => node is ConfigSequence list ? StructValues.List(list) : Refuse(node, path, "a list"),
            _ => StructValues.Value(node),
        };

    private Duration? ReadDuration(ConfigNode node, ConfigPath path)
    {
        string? error = null;
        var duration = node switch
        {
            ConfigMapping => (Duration)reader.ReadMessage(Duration.Descriptor, node, path),
            ConfigScalar { Scalar: ScalarKind.Text } scalar => DurationText.Parse(scalar.Text, out error),
            _ => null,
        };
        if (duration is null)
        {
            var found = node is ConfigScalar { Text: var text } ? $"'{text}'" : node.Kind;
            map.Problem(node.Place, path, error ?? $"expected a duration such as \"0.25s\", found {found}");
            return null;
        }

        // Envoy finds out when it uses one; every duration of a configuration is used.
        if (duration.Seconds < 0 || duration.Nanos < 0)
        {
            map.Problem(node.Place, path, $"Invalid duration: Expected positive duration, found {DurationText.Write(duration)}");
            return null;
        }

        if (duration.Seconds > DurationText.MaxSeconds || duration.Nanos > 999_999_999)
        {
            map.Problem(node.Place, path, $"duration out of range; accepted are at most {DurationText.MaxSeconds} seconds and 999999999 nanos");
            return null;
        }

        return duration;
    }

    private Timestamp? ReadTimestamp(ConfigNode node, ConfigPath path)
    {
        if (node is ConfigMapping)
        {
            return (Timestamp)reader.ReadMessage(Timestamp.Descriptor, node, path);
        }

        try
        {
            return JsonParser.Default.Parse<Timestamp>(node is ConfigScalar scalar ? $"\"{scalar.Text}\"" : "null");
        }
        catch (Exception e) when (e is InvalidProtocolBufferException or InvalidJsonException)
        {
            map.Problem(node.Place, path, $"expected a time such as \"2026-01-31T12:00:00Z\", found {node.Kind}");
            return null;
        }
    }

    private Any? ReadAny(ConfigNode node, ConfigPath path, string extensionName)
    {
        if (node is not ConfigMapping mapping)
        {
            map.Problem(node.Place, path, $"expected an object with @type, found {node.Kind}");
            return null;
        }

        var any = new Any();
        _ = map.Add(any, path, node.Place);
        var typeEntry = mapping.Entries.FirstOrDefault(static entry => entry.Key == "@type");
        if (typeEntry is null)
        {
            if (mapping.Entries.Count > 0)
            {
                map.Refuse(any);
                map.Problem(
                    node.Place,
                    path,
                    "'@type' is missing; accepted is a URL such as type.googleapis.com/envoy.extensions.filters.http.router.v3.Router"
                );
            }

            return any; // Whoever needs a type says so, with the name of the extension.
        }

        if (typeEntry.Value is not ConfigScalar { Scalar: ScalarKind.Text } url)
        {
            map.Refuse(any);
            map.Problem(typeEntry.Value.Place, path.Field("@type"), $"expected a type URL, found {typeEntry.Value.Kind}");
            return any;
        }

        any.TypeUrl = url.Text;
        ReadContent(any, url.Place, new ConfigMapping(node.Place, [.. mapping.Entries.Where(entry => entry != typeEntry)]), path, extensionName);
        return any;
    }

    private void ReadContent(Any any, ConfigPlace typePlace, ConfigMapping content, ConfigPath path, string extensionName)
    {
        var name = ConfigTypes.NameOf(any.TypeUrl);
        if (TypedStructs.Contains(name))
        {
            ReadTypedStruct(any, typePlace, content, path, extensionName);
        }
        else if (ConfigTypes.Find(name) is { } type)
        {
            map.SetContent(any, reader.ReadMessage(type, content, path));
        }
        else if (ConfigTypes.IsKnownToEnvoy(name) || HttpFilterTable.PassThroughReason(name) is not null || map.AllowUnsupported)
        {
            map.SetUnread(any, typePlace, content);
        }
        else
        {
            map.Refuse(any);
            map.Problem(
                typePlace,
                path.Field("@type"),
                $"Didn't find a registered implementation for '{extensionName}' with type URL: '{any.TypeUrl}'{NearestWord.Suggest(name, ConfigTypes.Names)}"
            );
        }
    }

    /// <summary>A TypedStruct stands for the message it names.</summary>
    private void ReadTypedStruct(Any any, ConfigPlace typePlace, ConfigMapping content, ConfigPath path, string extensionName)
    {
        var url = content.Entries.FirstOrDefault(static entry => FieldNames.Same(entry.Key, "type_url"))?.Value;
        var value = content.Entries.FirstOrDefault(static entry => entry.Key == "value")?.Value;
        foreach (var entry in content.Entries.Where(static entry => entry.Key != "value" && !FieldNames.Same(entry.Key, "type_url")))
        {
            map.Problem(entry.KeyPlace, path.Field(entry.Key), $"unknown field '{entry.Key}' in TypedStruct; accepted: type_url, value");
        }

        var written = any.TypeUrl;
        any.TypeUrl = (url as ConfigScalar)?.Text ?? "";
        var inner = value switch
        {
            ConfigMapping mapping => mapping,
            null or ConfigScalar { Scalar: ScalarKind.Null } => new ConfigMapping(content.Place, []),
            _ => null,
        };
        if (inner is null)
        {
            map.Problem(value!.Place, path.Field("value"), $"expected an object, found {value.Kind}");
        }
        else if (
            ConfigTypes.NameOf(any.TypeUrl) is var name
            && (ConfigTypes.Find(name) is not null || ConfigTypes.IsKnownToEnvoy(name) || TypedStructs.Contains(name))
        )
        {
            ReadContent(any, url!.Place, inner, path.Field("value"), extensionName);
        }
        else
        {
            // Another type is left for whoever needs it: a list of load balancing policies skips those it does not know.
            map.Contents.SetUnread(any, written, content);
        }
    }

    private Struct? Refuse(ConfigNode node, ConfigPath path, string expected)
    {
        map.Problem(node.Place, path, $"expected {expected}, found {node.Kind}");
        return null;
    }
}
