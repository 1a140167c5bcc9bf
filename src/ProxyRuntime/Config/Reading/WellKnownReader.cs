using System.Globalization;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>Reads the messages that have a form of their own in JSON: Duration, Any, Struct, Value.</summary>
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

    public IMessage? Read(MessageDescriptor type, ConfigNode node, string path) =>
        type.FullName switch
        {
            "google.protobuf.Duration" => ReadDuration(node, path),
            "google.protobuf.Any" => ReadAny(node, path),
            "google.protobuf.Struct" => ReadStruct(node, path),
            "google.protobuf.Value" => ReadValue(node),
            _ => ReadPlain(type, node, path),
        };

    private Duration? ReadDuration(ConfigNode node, string path)
    {
        if (node is ConfigMapping)
        {
            return (Duration)reader.ReadMessage(Duration.Descriptor, node, path);
        }

        string? error = null;
        if (node is ConfigScalar { Scalar: ScalarKind.Text } scalar && DurationText.Parse(scalar.Text, out error) is { } duration)
        {
            return duration;
        }

        var found = node is ConfigScalar { Text: var text } ? $"'{text}'" : node.Kind;
        map.Problem(node.Place, path, error ?? $"expected a duration such as \"0.25s\", found {found}");
        return null;
    }

    private Any ReadAny(ConfigNode node, string path)
    {
        var any = new Any();
        _ = map.Add(any, path, node.Place);
        if (node is not ConfigMapping mapping)
        {
            map.Problem(node.Place, path, $"expected an object with @type, found {node.Kind}");
            return any;
        }

        var typeEntry = mapping.Entries.FirstOrDefault(static entry => entry.Key == "@type");
        if (typeEntry is null)
        {
            if (mapping.Entries.Count > 0)
            {
                map.Problem(
                    node.Place,
                    path,
                    "'@type' is missing; accepted is a URL such as type.googleapis.com/envoy.extensions.filters.http.router.v3.Router"
                );
            }

            return any; // Empty: whoever needs a type says so, with the name of the extension.
        }

        any.TypeUrl = (typeEntry.Value as ConfigScalar)?.Text ?? "";
        var rest = new ConfigMapping(node.Place, [.. mapping.Entries.Where(entry => entry != typeEntry)]);
        ReadContent(any, typeEntry.Value.Place, rest, path);
        return any;
    }

    private void ReadContent(Any any, ConfigPlace typePlace, ConfigMapping content, string path)
    {
        var name = any.TypeUrl[(any.TypeUrl.LastIndexOf('/') + 1)..];
        if (TypedStructs.Contains(name))
        {
            var url = content.Entries.FirstOrDefault(static entry => FieldNames.Same(entry.Key, "type_url"))?.Value as ConfigScalar;
            var value = content.Entries.FirstOrDefault(static entry => entry.Key == "value")?.Value as ConfigMapping;
            any.TypeUrl = url?.Text ?? "";
            ReadContent(any, url?.Place ?? typePlace, value ?? new ConfigMapping(content.Place, []), path);
            return;
        }

        if (ConfigTypes.Find(any.TypeUrl) is { } type)
        {
            map.SetContent(any, reader.ReadMessage(type, content, path));
            return;
        }

        map.Problem(typePlace, $"{path}.@type", $"unknown type '{any.TypeUrl}'{NearestWord.Suggest(name, ConfigTypes.Names)}");
    }

    private Struct? ReadStruct(ConfigNode node, string path)
    {
        if (node is not ConfigMapping mapping)
        {
            map.Problem(node.Place, path, $"expected an object with free keys, found {node.Kind}");
            return null;
        }

        var result = new Struct();
        foreach (var entry in mapping.Entries)
        {
            result.Fields[entry.Key] = ReadValue(entry.Value);
        }

        return result;
    }

    private static Value ReadValue(ConfigNode node) =>
        node switch
        {
            ConfigScalar { Scalar: ScalarKind.Null } => Value.ForNull(),
            ConfigScalar { Scalar: ScalarKind.Bool } scalar => Value.ForBool(ScalarRules.IsTrue(scalar.Text)),
            ConfigScalar { Scalar: ScalarKind.Number } scalar => Value.ForNumber(double.Parse(scalar.Text, CultureInfo.InvariantCulture)),
            ConfigScalar scalar => Value.ForString(scalar.Text),
            ConfigSequence sequence => Value.ForList([.. sequence.Items.Select(ReadValue)]),
            ConfigMapping mapping => Value.ForStruct(
                new Struct { Fields = { mapping.Entries.ToDictionary(static e => e.Key, static e => ReadValue(e.Value), StringComparer.Ordinal) } }
            ),
            _ => Value.ForNull(),
        };

    private IMessage? ReadPlain(MessageDescriptor type, ConfigNode node, string path)
    {
        map.Problem(node.Place, path, $"{type.Name} is not supported in configuration");
        return null;
    }
}
