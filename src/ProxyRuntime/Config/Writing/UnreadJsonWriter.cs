namespace MeshSim.ProxyRuntime.Config;

/// <summary>What is not read here, as it is written in the configuration.</summary>
internal sealed class UnreadJsonWriter(IndentedJson json)
{
    public void Write(string typeUrl, ConfigMapping content, bool isSensitive)
    {
        json.BeginObject();
        json.Name("@type");
        json.Text(typeUrl);
        WriteEntries(content, ConfigTypes.NameOf(typeUrl), isSensitive);
        json.EndObject();
    }

    private void WriteEntries(ConfigMapping mapping, string type, bool isSensitive)
    {
        foreach (var entry in mapping.Entries)
        {
            json.Name(entry.Key);
            Write(entry.Value, isSensitive || SensitiveFields.Contains(type, entry.Key));
        }
    }

    private void Write(ConfigNode node, bool isSensitive)
    {
        switch (node)
        {
            case ConfigMapping mapping:
                var typeUrl = mapping.Entries.FirstOrDefault(static entry => entry.Key == "@type")?.Value as ConfigScalar;
                json.BeginObject();
                WriteEntries(mapping, ConfigTypes.NameOf(typeUrl?.Text ?? ""), isSensitive);
                json.EndObject();
                break;
            case ConfigSequence sequence:
                json.BeginArray();
                foreach (var item in sequence.Items)
                {
                    Write(item, isSensitive);
                }

                json.EndArray();
                break;
            case ConfigScalar { Scalar: ScalarKind.Text } text:
                json.Text(isSensitive ? SensitiveFields.Mark : text.Text);
                break;
            case ConfigScalar scalar when !isSensitive:
                json.Literal(scalar.Scalar == ScalarKind.Null ? "null" : Literal(scalar));
                break;
            default:
                json.Literal("null");
                break;
        }
    }

    /// <summary>YAML writes some of them otherwise than JSON does.</summary>
    private static string Literal(ConfigScalar scalar) =>
        scalar.Scalar == ScalarKind.Number ? ScalarRules.Decimal(scalar.Text)
        : ScalarRules.IsTrue(scalar.Text) ? "true"
        : "false";
}
