using System.Text;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>
/// The parameters of a query taken apart, to change some and put the rest back: sorted by name, each with its values in order, every one
/// with an equals sign, as Envoy writes a query anew.
/// </summary>
internal sealed class QueryParameters
{
    private readonly SortedDictionary<string, List<string>> parameters = new(StringComparer.Ordinal);

    /// <param name="target">The request target; its query begins at the first question mark.</param>
    /// <param name="decode">Percent-encoded bytes of names and values are decoded. They are not encoded again.</param>
    public static QueryParameters Parse(ReadOnlySpan<byte> target, bool decode)
    {
        var result = new QueryParameters();
        var start = target.IndexOf((byte)'?');
        var rest = start < 0 ? default : target[(start + 1)..];
        while (QueryString.TryTake(ref rest, out var name, out var value))
        {
            result.Add(Text(name, decode), Text(value, decode));
        }

        return result;
    }

    /// <summary>Replaces all values of a parameter by one.</summary>
    public void Set(string name, string value) => parameters[name] = [value];

    public void Remove(string name) => _ = parameters.Remove(name);

    /// <summary>
    /// The target with this query instead of its own. Bytes that would end the request line, blanks and control characters, are
    /// percent-encoded; Envoy writes what came out of the decoding as it is.
    /// </summary>
    public void WriteTarget(ReadOnlySpan<byte> target, ByteBuffer output)
    {
        var start = target.IndexOf((byte)'?');
        output.Append(start < 0 ? target : target[..start]);
        var separator = (byte)'?';
        foreach (var (name, values) in parameters)
        {
            foreach (var value in values)
            {
                output.Append(separator);
                Write(name, output);
                output.Append((byte)'=');
                Write(value, output);
                separator = (byte)'&';
            }
        }
    }

    private void Add(string name, string value)
    {
        if (parameters.TryGetValue(name, out var values))
        {
            values.Add(value);
        }
        else
        {
            parameters[name] = [value];
        }
    }

    private static string Text(ReadOnlySpan<byte> part, bool decode)
    {
        if (!decode)
        {
            return Encoding.Latin1.GetString(part);
        }

        var decoded = new ByteBuffer();
        PercentEncoding.Decode(part, decoded);
        return Encoding.Latin1.GetString(decoded.Span);
    }

    private static void Write(string part, ByteBuffer output)
    {
        foreach (var c in part)
        {
            if (c is > ' ' and not '\x7f')
            {
                output.Append((byte)c);
            }
            else
            {
                output.Append((byte)'%');
                output.Append("0123456789ABCDEF"u8[c >> 4]);
                output.Append("0123456789ABCDEF"u8[c & 15]);
            }
        }
    }
}
