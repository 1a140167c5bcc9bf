using System.Globalization;
using System.Text;
using System.Text.Json;
using MeshSim.Scenarios.Model;

namespace MeshSim.Scenarios.Results;

/// <summary><c>result.json</c>: the same bytes for the same run, but for the times of day and where partitions ran.</summary>
public static class ResultJson
{
    /// <summary>Raised when the meaning of a field changes.</summary>
    public const int SchemaVersion = 1;

    public static string Write(RunResult result, DateTimeOffset finished)
    {
        using var bytes = new MemoryStream();
        using (
            var json = new Utf8JsonWriter(
                bytes,
                new JsonWriterOptions
                {
                    Indented = true,
                    NewLine = "\n",
                    Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
                }
            )
        )
        {
            json.WriteStartObject();
            json.WriteNumber("schemaVersion", SchemaVersion);
            json.WriteString("scenario", result.Scenario);
            json.WriteNumber("seed", result.Seed);
            json.WriteString("meshsim", Version);
            json.WriteNumber("durationNs", result.DurationNs);
            json.WriteNumber("warmUpNs", result.WarmUpNs);
            json.WriteStartArray("changesNs");
            foreach (var time in result.ChangesNs)
            {
                json.WriteNumberValue(time);
            }

            json.WriteEndArray();
            json.WriteString("resultHash", ResultHash.Of(result));
            WriteMachine(json, result.Machine);
            WriteSummary(json, result.Totals);
            WriteIntervals(json, result);
            WriteExpectations(json, result);
            WriteProxies(json, result);
            WriteEndpoints(json, result);
            WritePartitions(json, result);
            json.WriteStartObject("timesOfDay");
            json.WriteString("finished", finished.ToString("O", CultureInfo.InvariantCulture));
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.ToArray()) + "\n";
    }

    internal static string Version => typeof(ResultJson).Assembly.GetName().Version!.ToString(3);

    /// <summary>Only results of real sockets have it.</summary>
    private static void WriteMachine(Utf8JsonWriter json, MachineRecord? machine)
    {
        if (machine is not null)
        {
            json.WriteStartObject("machine");
            json.WriteNumber("outsideNs", machine.OutsideNs);
            json.WriteNumber("lateP50Ns", machine.LateP50Ns);
            json.WriteNumber("lateP99Ns", machine.LateP99Ns);
            json.WriteNumber("lateMaxNs", machine.LateMaxNs);
            json.WriteEndObject();
        }
    }

    private static void WriteSummary(Utf8JsonWriter json, ClientTotals totals)
    {
        json.WriteStartObject("summary");
        json.WriteNumber("sent", totals.Sent);
        json.WriteStartObject("byStatus");
        foreach (var (status, count) in totals.ByStatus)
        {
            json.WriteNumber(status.ToString(CultureInfo.InvariantCulture), count);
        }

        json.WriteEndObject();
        WriteSuccess(json, totals);
        WriteLatency(json, totals.Latency);
        json.WriteEndObject();
    }

    /// <summary>Where nothing was counted there is none.</summary>
    private static void WriteSuccess(Utf8JsonWriter json, ClientTotals totals)
    {
        if (totals.Counted == 0)
        {
            return;
        }

        json.WriteNumber("successRate", Round(totals.SuccessRate, 6));
        var (low, high) = Wilson.Interval(totals.Ok, totals.Counted);
        json.WriteStartArray("successRate95");
        json.WriteNumberValue(Round(low, 6));
        json.WriteNumberValue(Round(high, 6));
        json.WriteEndArray();
    }

    /// <summary>Where nobody got an answer there is none.</summary>
    private static void WriteLatency(Utf8JsonWriter json, LatencyHistogram latency)
    {
        if (latency.Count == 0)
        {
            return;
        }

        json.WriteStartObject("latencyMs");
        foreach (var (name, quantile) in Quantiles.All)
        {
            json.WriteNumber(name, Round(latency.QuantileUs(quantile) / 1000, 3));
        }

        json.WriteNumber("max", Round(latency.MaxUs / 1000.0, 3));
        json.WriteEndObject();
    }

    /// <summary>Half-widths that nothing can be said of are null.</summary>
    private static void WriteIntervals(Utf8JsonWriter json, RunResult result)
    {
        json.WriteStartArray("intervals99");
        foreach (var interval in RunInterval.All(result).Where(static interval => !double.IsNaN(interval.Value)))
        {
            json.WriteStartObject();
            json.WriteString("figure", interval.Name);
            json.WriteString("unit", interval.Unit);
            json.WriteNumber("value", Round(interval.Value, 4));
            if (double.IsFinite(interval.HalfWidth))
            {
                json.WriteNumber("halfWidth", Round(interval.HalfWidth, 4));
            }
            else
            {
                json.WriteNull("halfWidth");
            }

            json.WriteNumber("batchSeconds", interval.BatchSeconds);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("notes");
        foreach (var note in result.Notes)
        {
            json.WriteStringValue(note);
        }

        json.WriteEndArray();
    }

    private static void WriteExpectations(Utf8JsonWriter json, RunResult result)
    {
        json.WriteStartArray("expectations");
        foreach (var expectation in result.Expectations)
        {
            json.WriteStartObject();
            json.WriteString("expectation", expectation.Text);
            json.WriteString("measured", expectation.Measured);
            json.WriteBoolean("passed", expectation.Passed);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteProxies(Utf8JsonWriter json, RunResult result)
    {
        json.WriteStartArray("proxies");
        foreach (var proxy in result.Proxies)
        {
            json.WriteStartObject();
            json.WriteString("name", proxy.Name);
            WriteCounts(json, "responses", proxy.Responses);
            WriteCounts(json, "stats", proxy.Stats);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteEndpoints(Utf8JsonWriter json, RunResult result)
    {
        json.WriteStartArray("endpoints");
        foreach (var endpoint in result.Endpoints)
        {
            json.WriteStartObject();
            json.WriteString("name", endpoint.Name);
            json.WriteString("address", endpoint.Address);
            json.WriteNumber("arrivals", endpoint.Arrivals);
            json.WriteNumber("answered", endpoint.Answered);
            json.WriteNumber("errors", endpoint.Errors);
            json.WriteNumber("maxQueue", endpoint.MaxQueue);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WritePartitions(Utf8JsonWriter json, RunResult result)
    {
        json.WriteStartArray("partitions");
        foreach (var partition in result.Partitions)
        {
            json.WriteStartObject();
            json.WriteNumber("index", partition.Index);
            json.WriteNumber("entities", partition.Entities);
            json.WriteNumber("events", partition.Events);
            json.WriteNumber("batches", partition.Batches);
            json.WriteString("silo", partition.Silo);
            json.WriteNumber("executions", partition.Executions);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteCounts(Utf8JsonWriter json, string name, IReadOnlyDictionary<string, long> counts)
    {
        json.WriteStartObject(name);
        foreach (var (key, value) in counts)
        {
            json.WriteNumber(key, value);
        }

        json.WriteEndObject();
    }

    private static decimal Round(double value, int digits) => Math.Round((decimal)value, digits);
}
