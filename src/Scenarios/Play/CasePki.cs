using System.Collections.Immutable;
using System.Text.Json;
using System.Text.RegularExpressions;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.Scenarios.Play;

/// <summary>The certificates that cases name: <c>NAME_pem</c> and <c>NAME_key</c> of a JSON object. In configurations <c>{pem:NAME}</c> stands for such a text.</summary>
public sealed partial class CasePki
{
    public static readonly CasePki Empty = new(ImmutableSortedDictionary<string, string>.Empty);

    private readonly ImmutableSortedDictionary<string, string> texts;
    private readonly Dictionary<string, ImmutableArray<CertificateInfo>> known = new(StringComparer.Ordinal);

    private CasePki(ImmutableSortedDictionary<string, string> texts) => this.texts = texts;

    /// <param name="json">A JSON object of texts.</param>
    /// <param name="file">Its name, for messages.</param>
    /// <exception cref="CaseFormatException">It is none.</exception>
    public static CasePki Load(string json, string file)
    {
        try
        {
            var read = JsonSerializer.Deserialize<Dictionary<string, string>>(json) ?? [];
            return new CasePki(read.ToImmutableSortedDictionary(StringComparer.Ordinal));
        }
        catch (JsonException e)
        {
            throw new CaseFormatException($"{file}: expected an object of texts: {e.Message}", e);
        }
    }

    /// <summary>An hour after its authority <c>ca</c> begins to be valid, nanoseconds since the epoch; 0 without one.</summary>
    internal long BeginUnixNs => texts.ContainsKey("ca_pem") ? Certificates("ca")[0].ValidFromUnixNs + (3600 * MonotonicTime.NanosecondsPerSecond) : 0;

    /// <summary>JSON text with its placeholders filled in.</summary>
    internal string Fill(string json) => Placeholder().Replace(json, match => JsonEncodedText.Encode(Text(match.Groups["name"].Value)).ToString());

    /// <summary>The certificates of that name, the leaf first; none for null.</summary>
    internal ImmutableArray<CertificateInfo> Certificates(string? name)
    {
        if (name is null)
        {
            return [];
        }

        if (!known.TryGetValue(name, out var found))
        {
            found = known[name] = CertificateReader.ReadAll(Text(name + "_pem"));
        }

        return found;
    }

    private string Text(string name) =>
        texts.TryGetValue(name, out var text)
            ? text
            : throw new CaseFormatException($"no '{name}' among the certificates; they stand in pki.json beside the cases");

    [GeneratedRegex(@"\{pem:(?<name>\w+)\}", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Placeholder();
}
