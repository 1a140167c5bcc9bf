using System.Globalization;
using System.Text;
using System.Text.Json;
using MeshSim.Scenarios.Model;

namespace MeshSim.Scenarios.Results;

/// <summary>The requests that were kept as traces that other tools open: OTLP in JSON, and Zipkin's second version.</summary>
public static class TraceFiles
{
    public const string OtlpFile = "traces.otlp.json";
    public const string ZipkinFile = "traces.zipkin.json";

    /// <summary>An ExportTraceServiceRequest, a resource for each proxy.</summary>
    public static string Otlp(RunResult result) =>
        Write(json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("resourceSpans");
            foreach (
                var service in Span.Of(result)
                    .GroupBy(static span => span.Service, StringComparer.Ordinal)
                    .OrderBy(static group => group.Key, StringComparer.Ordinal)
            )
            {
                json.WriteStartObject();
                json.WriteStartObject("resource");
                json.WriteStartArray("attributes");
                Attribute(json, "service.name", service.Key);
                Attribute(json, "meshsim.scenario", result.Scenario);
                Attribute(json, "meshsim.seed", result.Seed.ToString(CultureInfo.InvariantCulture));
                json.WriteEndArray();
                json.WriteEndObject();
                json.WriteStartArray("scopeSpans");
                json.WriteStartObject();
                json.WriteStartObject("scope");
                json.WriteString("name", "meshsim");
                json.WriteString("version", ResultJson.Version);
                json.WriteEndObject();
                json.WriteStartArray("spans");
                foreach (var span in service)
                {
                    OtlpSpan(json, span);
                }

                json.WriteEndArray();
                json.WriteEndObject();
                json.WriteEndArray();
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        });

    /// <summary>An array of spans, as <c>POST /api/v2/spans</c> takes it.</summary>
    public static string Zipkin(RunResult result) =>
        Write(json =>
        {
            json.WriteStartArray();
            foreach (var span in Span.Of(result))
            {
                ZipkinSpan(json, span);
            }

            json.WriteEndArray();
        });

    private static void OtlpSpan(Utf8JsonWriter json, Span span)
    {
        const int server = 2;
        const int client = 3;
        const int error = 2;
        json.WriteStartObject();
        json.WriteString("traceId", span.TraceId);
        json.WriteString("spanId", span.Id);
        if (span.ParentId is { } parent)
        {
            json.WriteString("parentSpanId", parent);
        }

        json.WriteString("name", span.Name);
        json.WriteNumber("kind", span.IsServer ? server : client);
        json.WriteString("startTimeUnixNano", span.StartNs.ToString(CultureInfo.InvariantCulture));
        json.WriteString("endTimeUnixNano", span.EndNs.ToString(CultureInfo.InvariantCulture));
        json.WriteStartArray("attributes");
        foreach (var (key, value) in span.Tags)
        {
            Attribute(json, key, value);
        }

        if (span.Peer.Length > 0)
        {
            Attribute(json, "peer.service", span.Peer);
        }

        json.WriteEndArray();
        json.WriteStartObject("status");
        if (span.Failed)
        {
            json.WriteNumber("code", error);
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void ZipkinSpan(Utf8JsonWriter json, Span span)
    {
        json.WriteStartObject();
        json.WriteString("traceId", span.TraceId);
        json.WriteString("id", span.Id);
        if (span.ParentId is { } parent)
        {
            json.WriteString("parentId", parent);
        }

        json.WriteString("name", span.Name);
        json.WriteString("kind", span.IsServer ? "SERVER" : "CLIENT");
        json.WriteNumber("timestamp", Math.Max(1, span.StartNs / 1000));
        json.WriteNumber("duration", Math.Max(1, (span.EndNs - span.StartNs) / 1000));
        Endpoint(json, "localEndpoint", span.Service);
        if (span.Peer.Length > 0)
        {
            Endpoint(json, "remoteEndpoint", span.Peer);
        }

        json.WriteStartObject("tags");
        foreach (var (key, value) in span.Tags)
        {
            json.WriteString(key, value);
        }

        if (span.Failed)
        {
            json.WriteString("error", "true");
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void Endpoint(Utf8JsonWriter json, string name, string service)
    {
        json.WriteStartObject(name);
        json.WriteString("serviceName", service);
        json.WriteEndObject();
    }

    private static void Attribute(Utf8JsonWriter json, string key, string value)
    {
        json.WriteStartObject();
        json.WriteString("key", key);
        json.WriteStartObject("value");
        json.WriteString("stringValue", value);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static string Write(Action<Utf8JsonWriter> write)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, new JsonWriterOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            write(json);
        }

        return Encoding.UTF8.GetString(bytes.ToArray()) + "\n";
    }
}
