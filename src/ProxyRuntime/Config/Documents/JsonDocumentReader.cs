using System.Text;
using System.Text.Json;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>Reads one JSON document, strictly: no comments, no key twice, and unless asked for no trailing commas.</summary>
internal ref struct JsonDocumentReader
{
    private readonly string file;
    private readonly byte[] bytes;
    private Utf8JsonReader reader;
    private int placed;
    private int line = 1;
    private int column = 1;

    private JsonDocumentReader(string text, string file, bool trailingCommas)
    {
        this.file = file;
        bytes = Encoding.UTF8.GetBytes(text.TrimStart('\uFEFF'));
        reader = new Utf8JsonReader(bytes, new JsonReaderOptions { MaxDepth = DocumentReader.MaxDepth, AllowTrailingCommas = trailingCommas });
    }

    /// <summary>The document's root; an empty document is an empty object. Null with a problem if it cannot be read.</summary>
    public static ConfigNode? Read(string text, string file, bool trailingCommas, out ConfigProblem? problem)
    {
        problem = null;
        if (string.IsNullOrWhiteSpace(text))
        {
            return new ConfigMapping(new ConfigPlace(file, 1, 1), []);
        }

        var document = new JsonDocumentReader(text, file, trailingCommas);
        try
        {
            _ = document.reader.Read();
            var root = document.ReadNode();
            _ = document.reader.Read();
            return root;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: a text with half a surrogate pair in it.
            var place = document.PlaceOf((int)Math.Min(document.reader.BytesConsumed, document.bytes.Length));
            var where = e is JsonException { LineNumber: { } at, BytePositionInLine: { } position }
                ? new ConfigPlace(file, (int)at + 1, (int)position + 1)
                : place;
            var reason = e.Message.Split(" LineNumber:", 2)[0];
            problem = new ConfigProblem(file, where.Line, where.Column, "", $"not valid JSON: {reason}");
            return null;
        }
    }

    private ConfigNode ReadNode()
    {
        var place = PlaceOf((int)reader.TokenStartIndex);
        return reader.TokenType switch
        {
            JsonTokenType.StartObject => ReadObject(place),
            JsonTokenType.StartArray => ReadArray(place),
            JsonTokenType.String => new ConfigScalar(place, ScalarKind.Text, reader.GetString()!),
            JsonTokenType.Number => new ConfigScalar(place, ScalarKind.Number, Encoding.UTF8.GetString(reader.ValueSpan)),
            JsonTokenType.True => new ConfigScalar(place, ScalarKind.Bool, "true"),
            JsonTokenType.False => new ConfigScalar(place, ScalarKind.Bool, "false"),
            _ => new ConfigScalar(place, ScalarKind.Null, "null"),
        };
    }

    private ConfigMapping ReadObject(ConfigPlace place)
    {
        var entries = new MappingEntries();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var keyPlace = PlaceOf((int)reader.TokenStartIndex);
            var key = reader.GetString()!;
            _ = reader.Read();
            if (!entries.TryAdd(new ConfigEntry(key, keyPlace, ReadNode())))
            {
                throw new JsonException($"key '{key}' stands here twice", null, keyPlace.Line - 1, keyPlace.Column - 1);
            }
        }

        return new ConfigMapping(place, entries.All);
    }

    private ConfigSequence ReadArray(ConfigPlace place)
    {
        List<ConfigNode> items = [];
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            items.Add(ReadNode());
        }

        return new ConfigSequence(place, items);
    }

    /// <summary>Tokens come in order, so that the text is walked only once.</summary>
    private ConfigPlace PlaceOf(int offset)
    {
        for (; placed < offset; placed++)
        {
            if (bytes[placed] == (byte)'\n')
            {
                (line, column) = (line + 1, 1);
            }
            else if ((bytes[placed] & 0xC0) != 0x80)
            {
                column++; // Not a continuation of a character.
            }
        }

        return new ConfigPlace(file, line, column);
    }
}
