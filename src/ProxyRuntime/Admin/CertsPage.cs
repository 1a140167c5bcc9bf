using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Admin;

/// <summary><c>/certs</c>: the certificates and authorities of every TLS context, as Envoy prints its message.</summary>
public static class CertsPage
{
    private const long NanosecondsPerDay = 24 * 60 * 60 * MonotonicTime.NanosecondsPerSecond;

    private static readonly JsonWriterOptions Layout = new()
    {
        Indented = true,
        IndentSize = 1,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <param name="unixNs">Wall time, nanoseconds since the epoch.</param>
    public static string Json(ProxySnapshot snapshot, long unixNs)
    {
        var output = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(output, Layout))
        {
            json.WriteStartObject();
            json.WriteStartArray("certificates");
            foreach (var context in Contexts(snapshot))
            {
                Write(json, context, unixNs);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(output.WrittenSpan) + "\n";
    }

    private static IEnumerable<TlsContextSnapshot> Contexts(ProxySnapshot snapshot)
    {
        var downstream = snapshot.Listeners.SelectMany(static listener => listener.AllFilterChains).Select(static chain => chain.Tls?.Common);
        var upstream = snapshot.Clusters.SelectMany(static cluster => cluster.TransportSocketMatches.Select(static match => match.Tls).Prepend(cluster.Tls));
        return downstream.Concat(upstream.Select(static tls => tls?.Common)).OfType<TlsContextSnapshot>();
    }

    private static void Write(Utf8JsonWriter json, TlsContextSnapshot context, long unixNs)
    {
        json.WriteStartObject();
        json.WriteStartArray("ca_cert");
        if (context.Validation is { Authorities: [var authority, ..] } validation)
        {
            Write(json, authority, validation.Path, unixNs);
        }

        json.WriteEndArray();
        json.WriteStartArray("cert_chain");
        foreach (var certificate in context.Certificates)
        {
            Write(json, certificate.Leaf, certificate.Path, unixNs);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, CertificateInfo certificate, string path, long unixNs)
    {
        json.WriteStartObject();
        json.WritePropertyName("path");
        json.WriteRawValue($"\"{Escaped(path)}\"");
        json.WriteString("serial_number", certificate.Serial);
        json.WriteStartArray("subject_alt_names");
        Names(json, "dns", certificate.DnsSans);
        Names(json, "uri", certificate.UriSans);
        Names(json, "ip_address", certificate.IpSans);
        json.WriteEndArray();
        var days = Math.Max(0, (certificate.ValidToUnixNs - unixNs) / NanosecondsPerDay);
        json.WriteString("days_until_expiration", days.ToString(CultureInfo.InvariantCulture));
        json.WriteString("valid_from", Time(certificate.ValidFromUnixNs));
        json.WriteString("expiration_time", Time(certificate.ValidToUnixNs));
        json.WriteEndObject();
    }

    private static void Names(Utf8JsonWriter json, string kind, IReadOnlyList<string> names)
    {
        foreach (var name in names)
        {
            json.WriteStartObject();
            json.WriteString(kind, name);
            json.WriteEndObject();
        }
    }

    /// <summary>Protobuf's JSON writes angle brackets as escapes, in lower case.</summary>
    private static string Escaped(string text) =>
        JsonEncodedText
            .Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)
            .ToString()
            .Replace("<", "\\u003c", StringComparison.Ordinal)
            .Replace(">", "\\u003e", StringComparison.Ordinal);

    private static string Time(long unixNs) => DateTime.UnixEpoch.AddTicks(unixNs / 100).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
