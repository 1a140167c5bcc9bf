using System.Text.Json;
using System.Text.Unicode;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>Reads the JSON of tokens and key sets: one object, no member twice, no number beyond a double, nested at most 100 deep.</summary>
/// <remarks>
/// These are the bounds of Envoy's parser. It takes some text besides that is not JSON (single quotes, bare names, commas at the end); that is refused here.
/// </remarks>
internal static class JwtJson
{
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 100, AllowDuplicateProperties = false };

    /// <summary>Reads UTF-8 text.</summary>
    /// <param name="root">The object; it keeps its own copy of the text. Every string in it can be read.</param>
    /// <returns>False if the text is not one JSON object.</returns>
    public static bool TryParseObject(ReadOnlySpan<byte> json, out JsonElement root)
    {
        root = default;
        if (!Utf8.IsValid(json))
        {
            return false;
        }

        try
        {
            root = JsonElement.Parse(json, Options);
            return root.ValueKind == JsonValueKind.Object && IsSound(json);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: an escaped half of a surrogate pair.
            return false;
        }
    }

    /// <summary>A member that has to be a string.</summary>
    /// <param name="value">The string, or empty if there is none.</param>
    public static Member ReadString(JsonElement parent, string name, out string value)
    {
        value = "";
        if (!parent.TryGetProperty(name, out var found))
        {
            return Member.Missing;
        }

        if (found.ValueKind != JsonValueKind.String)
        {
            return Member.WrongType;
        }

        value = found.GetString()!;
        return Member.Found;
    }

    /// <summary>A member that has to be a number from 0 up to 2^64 (exclusive); fractions are cut off.</summary>
    /// <param name="value">The number, or 0 if there is none.</param>
    public static Member ReadUnsigned(JsonElement parent, string name, out ulong value)
    {
        value = 0;
        if (!parent.TryGetProperty(name, out var found))
        {
            return Member.Missing;
        }

        if (found.ValueKind != JsonValueKind.Number)
        {
            return Member.WrongType;
        }

        var number = found.GetDouble();
        if (number is < 0 or >= TwoToThe64)
        {
            return Member.OutOfRange;
        }

        value = (ulong)number;
        return Member.Found;
    }

    /// <summary>Reads what the document has not looked into: escapes in strings, the size of numbers.</summary>
    private static bool IsSound(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = Options.MaxDepth });
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.Number && !double.IsFinite(reader.GetDouble()))
            {
                return false;
            }

            if (reader.TokenType == JsonTokenType.String && reader.ValueIsEscaped)
            {
                _ = reader.GetString();
            }
        }

        return true;
    }

    private const double TwoToThe64 = 18446744073709551616.0;

    /// <summary>What was found under a name.</summary>
    public enum Member
    {
        Found,
        Missing,
        WrongType,
        OutOfRange,
    }
}
