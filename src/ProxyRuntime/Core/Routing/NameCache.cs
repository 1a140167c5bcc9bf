using System.Text;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>Names that requests carry as bytes, as texts: the same name is the same object again. Bounded; what does not fit is made anew.</summary>
internal sealed class NameCache
{
    private const int Capacity = 1024;
    private const int MaxLength = 256;

    private readonly Dictionary<string, string> names = new(StringComparer.Ordinal);

    public string Get(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            return "";
        }

        if (bytes.Length > MaxLength)
        {
            return Encoding.UTF8.GetString(bytes);
        }

        Span<char> chars = stackalloc char[bytes.Length];
        var text = chars[..Encoding.UTF8.GetChars(bytes, chars)];
        var lookup = names.GetAlternateLookup<ReadOnlySpan<char>>();
        if (lookup.TryGetValue(text, out var known))
        {
            return known;
        }

        var made = text.ToString();
        if (names.Count < Capacity)
        {
            names[made] = made;
        }

        return made;
    }
}
