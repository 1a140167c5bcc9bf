using System.Globalization;
using System.Text;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>One JSON object of an event log, field by field, without blanks.</summary>
internal sealed class JsonEvent
{
    private readonly ByteBuffer output = new();

    public static string Of(bool value) => value ? "true" : "false";

    public void Text(string name, string value)
    {
        Name(name);
        JsonText.Append(output, value);
    }

    public void Number(string name, long value)
    {
        Name(name);
        output.AppendNumber(value);
    }

    /// <param name="json">JSON already.</param>
    public void Raw(string name, string json)
    {
        Name(name);
        output.AppendText(json);
    }

    /// <summary>A moment of UTC with as many digits of the second, in threes, as it has.</summary>
    /// <param name="unixNs">Nanoseconds since the Unix epoch.</param>
    public void Timestamp(string name, long unixNs)
    {
        var seconds = DateTimeOffset.FromUnixTimeSeconds(Math.DivRem(unixNs, MonotonicTime.NanosecondsPerSecond, out var nanos));
        var fraction = nanos.ToString("000000000", CultureInfo.InvariantCulture);
        while (fraction.EndsWith("000", StringComparison.Ordinal))
        {
            fraction = fraction[..^3];
        }

        var text = seconds.ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture);
        Text(name, fraction.Length == 0 ? $"{text}Z" : $"{text}.{fraction}Z");
    }

    /// <summary>The object as a line of a log.</summary>
    public byte[] Line() => Encoding.UTF8.GetBytes($"{this}\n");

    public override string ToString() => $$"""{{{Encoding.UTF8.GetString(output.Span)}}}""";

    private void Name(string name)
    {
        if (output.Length > 0)
        {
            output.Append((byte)',');
        }

        JsonText.Append(output, name);
        output.Append((byte)':');
    }
}
