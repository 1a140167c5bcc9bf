using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Admin;

/// <summary>An explanation for programs: one JSON object. Durations are in nanoseconds, places count from 0.</summary>
public static class ExplanationJson
{
    private static readonly JsonWriterOptions Options = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Write(Explanation explanation)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            WriteRequest(explanation, json);
            WriteLookups(explanation, json);
            WriteFilters(explanation, json);
            if (explanation.Plan is { } plan)
            {
                json.WritePropertyName("upstream");
                PlanJson.Write(plan, json);
            }

            WriteTraffic(explanation, json);
            WriteResponse(explanation, json);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void WriteRequest(Explanation explanation, Utf8JsonWriter json)
    {
        var request = explanation.Request;
        json.WriteStartObject("request");
        json.WriteString("method", request.Method);
        json.WriteString("url", request.Url);
        json.WriteString("from", request.From.Text);
        json.WriteNumber("body_bytes", request.BodyBytes);
        json.WriteNumber("random", request.Random);
        json.WriteNumber("assumed_status", request.Status);
        json.WriteEndObject();
        json.WriteStartObject("listener");
        json.WriteString("name", explanation.Listener.Name);
        json.WriteString("address", explanation.Listener.Address.Text);
        json.WriteString("stat_prefix", explanation.Listener.ConnectionManager?.StatPrefix);
        json.WriteEndObject();
        WriteHeaders("received", explanation.Received, json);
        json.WriteStartObject("connection_manager");
        WriteChanges(explanation.Received.ChangesTo(explanation.Accepted), json);
        WriteHeaders("headers", explanation.Accepted, json);
        json.WriteEndObject();
    }

    private static void WriteLookups(Explanation explanation, Utf8JsonWriter json)
    {
        json.WriteStartArray("routes");
        foreach (var lookup in explanation.Lookups)
        {
            var search = lookup.Search;
            json.WriteStartObject();
            json.WriteString("by", lookup.By.Length > 0 ? lookup.By : "connection manager");
            json.WriteString("result", Words.Upper(search.Result));
            json.WriteString("table", search.Table.Name);
            json.WriteString("host", search.Host);
            if (search.VirtualHost is { } host)
            {
                json.WriteString("virtual_host", host.Name);
                json.WriteString("domain", search.Domain);
            }

            if (search.Result == RouteSearchResult.Found)
            {
                json.WriteString("route", search.Route!.Name);
                json.WriteNumber("place", search.Place);
                WriteStrings("conditions", search.Conditions, json);
                json.WriteString("action", Words.Action(search.Route.Action));
            }

            if (lookup.Cluster.Length > 0)
            {
                json.WriteString("cluster", lookup.Cluster);
                json.WriteBoolean("cluster_known", lookup.ClusterKnown);
            }

            WriteStrings("hints", search.Hints, json);
            WriteMisses(search, json);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteMisses(RouteSearch search, Utf8JsonWriter json)
    {
        json.WriteStartArray("misses");
        foreach (var miss in search.Misses)
        {
            json.WriteStartObject();
            json.WriteNumber("place", miss.Place);
            json.WriteString("route", miss.Route.Name);
            json.WriteString("field", miss.Field);
            json.WriteString("asks", miss.Asks);
            json.WriteBoolean("path_fits", miss.PathFits);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteFilters(Explanation explanation, Utf8JsonWriter json)
    {
        json.WriteStartArray("filters");
        foreach (var step in explanation.Filters)
        {
            json.WriteStartObject();
            json.WriteString("name", step.Name);
            json.WriteString("outcome", Words.Upper(step.Outcome));
            if (step.IsPassThrough)
            {
                json.WriteBoolean("stands_in", true);
            }

            json.WriteNumber("held_ns", step.HeldNs);
            WriteChanges(step.Changes, json);
            json.WriteStartObject("metadata");
            foreach (var (name, value) in step.Metadata)
            {
                json.WritePropertyName(name);
                json.WriteRawValue(value, skipInputValidation: true);
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteTraffic(Explanation explanation, Utf8JsonWriter json)
    {
        json.WriteStartArray("rate_limits");
        foreach (var limit in explanation.RateLimits)
        {
            json.WriteStartObject();
            json.WriteString("level", limit.OfVirtualHost ? "virtual_host" : "route");
            json.WriteNumber("stage", limit.Stage);
            WriteHeaders("entries", new HeaderSnapshot(limit.Entries), json);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("attempts");
        foreach (var attempt in explanation.Tries)
        {
            json.WriteStartObject();
            json.WriteString("host", attempt.Host);
            json.WriteString("address", attempt.Address);
            json.WriteNumber("at_ns", attempt.AtNs);
            json.WriteNumber("assumed_status", attempt.Status);
            WriteHeaders("headers", attempt.Headers, json);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("own_requests");
        foreach (var call in explanation.Calls)
        {
            json.WriteStartObject();
            json.WriteString("by", call.By);
            json.WriteBoolean("mirror", call.IsMirror);
            json.WriteString("cluster", call.Cluster);
            json.WriteString("host", call.Host);
            json.WriteNumber("at_ns", call.AtNs);
            json.WriteString("assumed_answer", call.Answer);
            WriteHeaders("headers", call.Headers, json);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteResponse(Explanation explanation, Utf8JsonWriter json)
    {
        if (explanation.Reply is { } reply)
        {
            json.WriteStartObject("own_answer");
            json.WriteString("by", reply.By.Length > 0 ? reply.By : "connection manager");
            json.WriteNumber("status", reply.Status);
            json.WriteString("details", reply.Details);
            json.WriteString("flag", reply.Flag);
            json.WriteEndObject();
        }

        json.WriteStartArray("response");
        foreach (var step in explanation.Response)
        {
            json.WriteStartObject();
            json.WriteString("by", step.By.Length > 0 ? step.By : "connection manager");
            WriteHeaders("headers", step.Headers, json);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        if (explanation.Outcome is not { } outcome)
        {
            json.WriteNull("result");
            return;
        }

        json.WriteStartObject("result");
        json.WriteNumber("status", outcome.Status);
        WriteStrings("flags", outcome.Flags, json);
        json.WriteString("details", outcome.Details);
        json.WriteString("route_name", outcome.RouteName);
        json.WriteNumber("duration_ns", outcome.DurationNs);
        json.WriteNumber("bytes_received", outcome.BytesReceived);
        json.WriteNumber("bytes_sent", outcome.BytesSent);
        json.WriteString("body", outcome.Body);
        json.WriteBoolean("connection_closes", outcome.Closes);
        json.WriteEndObject();
    }

    private static void WriteHeaders(string name, HeaderSnapshot headers, Utf8JsonWriter json)
    {
        json.WriteStartArray(name);
        foreach (var line in headers.Lines)
        {
            json.WriteStartObject();
            json.WriteString("name", line.Name);
            json.WriteString("value", line.Value);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteChanges(IEnumerable<HeaderChange> changes, Utf8JsonWriter json)
    {
        json.WriteStartArray("changes");
        foreach (var change in changes)
        {
            json.WriteStartObject();
            json.WriteString("name", change.Name);
            json.WriteString("before", change.Before);
            json.WriteString("after", change.After);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteStrings(string name, IEnumerable<string> values, Utf8JsonWriter json)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
        {
            json.WriteStringValue(value);
        }

        json.WriteEndArray();
    }
}
