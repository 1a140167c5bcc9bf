using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using MeshSim.Scenarios.Model;

namespace MeshSim.Scenarios.Results;

/// <summary>
/// <c>seconds.jsonl</c>: all that was counted, a line for each second of a run. Latencies are counts by bin of a
/// <see cref="LatencyHistogram"/>, in microseconds.
/// </summary>
internal static class SecondsFile
{
    public static string Write(RunResult result)
    {
        var text = new StringBuilder();
        foreach (var second in result.Seconds)
        {
            using var bytes = new MemoryStream();
            using (var json = new Utf8JsonWriter(bytes))
            {
                WriteSecond(json, result, second);
            }

            _ = text.Append(Encoding.UTF8.GetString(bytes.ToArray())).Append('\n');
        }

        return text.ToString();
    }

    /// <summary>One line, read back.</summary>
    /// <param name="second">Which second it is.</param>
    /// <exception cref="JsonException">It is no JSON.</exception>
    /// <exception cref="KeyNotFoundException">A field is missing.</exception>
    /// <exception cref="InvalidOperationException">A field is of another kind.</exception>
    /// <exception cref="FormatException">A number is none, or out of range.</exception>
    public static SecondSample Read(string line, out int second)
    {
        using var document = JsonDocument.Parse(line);
        var root = document.RootElement;
        second = root.GetProperty("second").GetInt32();
        var statuses = root.GetProperty("byStatus")
            .EnumerateObject()
            .Select(static entry => (Status: Int(entry.Name), Count: entry.Value.GetInt64()))
            .ToArray();
        var stats = ImmutableSortedDictionary.CreateBuilder<string, long>(StringComparer.Ordinal);
        foreach (var proxy in root.GetProperty("stats").EnumerateObject())
        {
            stats.AddRange(proxy.Value.EnumerateObject().Select(entry => KeyValuePair.Create($"{proxy.Name} {entry.Name}", entry.Value.GetInt64())));
        }

        return new SecondSample(
            root.GetProperty("sent").GetInt64(),
            statuses.Sum(static entry => entry.Count),
            statuses.Where(static entry => entry.Status is >= 200 and < 300).Sum(static entry => entry.Count),
            ReadLatency(root.GetProperty("latencyUs")),
            root.GetProperty("arrivals")
                .EnumerateObject()
                .ToImmutableSortedDictionary(static entry => entry.Name, static entry => entry.Value.GetInt64(), StringComparer.Ordinal),
            stats.ToImmutable()
        );
    }

    private static void WriteSecond(Utf8JsonWriter json, RunResult result, SecondRecord second)
    {
        json.WriteStartObject();
        json.WriteNumber("second", second.Second);
        json.WriteNumber("sent", second.Sent);
        json.WriteStartObject("byStatus");
        foreach (var (status, count) in second.ByStatus)
        {
            json.WriteNumber(status.ToString(CultureInfo.InvariantCulture), count);
        }

        json.WriteEndObject();
        WriteLatency(json, second.Latency);
        json.WriteStartObject("arrivals");
        foreach (var endpoint in result.Endpoints)
        {
            WriteCount(json, endpoint.Name, endpoint.ArrivalsBySecond, second.Second);
        }

        json.WriteEndObject();
        json.WriteStartObject("stats");
        foreach (var proxy in result.Proxies)
        {
            json.WriteStartObject(proxy.Name);
            foreach (var (name, counts) in proxy.StatsBySecond)
            {
                WriteCount(json, name, counts, second.Second);
            }

            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteCount(Utf8JsonWriter json, string name, ImmutableArray<long> counts, int second)
    {
        if (second < counts.Length && counts[second] != 0)
        {
            json.WriteNumber(name, counts[second]);
        }
    }

    private static void WriteLatency(Utf8JsonWriter json, LatencyHistogram latency)
    {
        json.WriteStartObject("latencyUs");
        json.WriteNumber("sum", latency.SumUs);
        json.WriteNumber("max", latency.MaxUs);
        json.WriteStartObject("bins");
        for (var bin = 0; bin < latency.Bins.Length; bin++)
        {
            if (latency.Bins[bin] != 0)
            {
                json.WriteNumber(bin.ToString(CultureInfo.InvariantCulture), latency.Bins[bin]);
            }
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static LatencyHistogram ReadLatency(JsonElement latency)
    {
        var entries = latency.GetProperty("bins").EnumerateObject().Select(static entry => (Bin: Int(entry.Name), Count: entry.Value.GetInt64())).ToArray();
        var highest = entries.Length == 0 ? -1 : entries.Max(static entry => entry.Bin);
        if (highest > LatencyHistogram.MaxBin || Array.Exists(entries, static entry => entry.Bin < 0 || entry.Count < 0))
        {
            throw new FormatException($"latency bins are 0 to {LatencyHistogram.MaxBin}, their counts from 0");
        }

        var bins = new long[highest + 1];
        foreach (var (bin, count) in entries)
        {
            bins[bin] = count;
        }

        return new LatencyHistogram(bins, latency.GetProperty("sum").GetInt64(), latency.GetProperty("max").GetInt64());
    }

    private static int Int(string text) => int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
}
