using System.Globalization;
using System.Text;
using System.Text.Json;
using MeshSim.Scenarios.Model;
using MeshSim.Scenarios.Results;

namespace MeshSim.Scenarios.Live;

/// <summary>What a load saw, for people and for programs.</summary>
public static class LoadText
{
    public static string Table(LoadReport report, ulong seed)
    {
        var totals = report.Totals;
        var text = new StringBuilder();
        Row(text, "seed", $"{seed}");
        Row(text, "sent", $"{totals.Sent} in {report.SentForNs / 1e9:0.0} s, {totals.Sent / (report.SentForNs / 1e9):0.0} a second");
        Row(text, "answers", $"{string.Join(", ", totals.ByStatus.Select(static entry => $"{(entry.Key == 0 ? "none" : entry.Key)}: {entry.Value}"))}");
        Row(text, "latency", $"{Values(totals.Latency)}, max {totals.Latency.MaxUs / 1e3:0.00} ms");
        Row(text, "sent late", $"{Values(report.Lateness)}, max {report.Lateness.MaxUs / 1e3:0.00} ms; latency counts from the intended moment");
        return text.ToString();
    }

    public static string Json(LoadReport report, ulong seed)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
        {
            json.WriteStartObject();
            json.WriteNumber("seed", seed);
            json.WriteNumber("sent", report.Totals.Sent);
            json.WriteNumber("seconds", Math.Round(report.SentForNs / 1e9, 3));
            json.WriteStartObject("byStatus");
            foreach (var (status, count) in report.Totals.ByStatus)
            {
                json.WriteNumber(status.ToString(CultureInfo.InvariantCulture), count);
            }

            json.WriteEndObject();
            WriteQuantiles(json, "latencyMs", report.Totals.Latency);
            WriteQuantiles(json, "lateMs", report.Lateness);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.ToArray()) + "\n";
    }

    private static void WriteQuantiles(Utf8JsonWriter json, string name, LatencyHistogram histogram)
    {
        json.WriteStartObject(name);
        foreach (var (quantile, value) in Quantiles.All)
        {
            json.WriteNumber(quantile, Math.Round(histogram.QuantileUs(value) / 1000, 3));
        }

        json.WriteNumber("max", histogram.MaxUs / 1e3);
        json.WriteEndObject();
    }

    private static string Values(LatencyHistogram histogram) =>
        string.Join(", ", Quantiles.All.Select(q => string.Create(CultureInfo.InvariantCulture, $"{q.Name} {histogram.QuantileUs(q.Quantile) / 1000:0.00}")));

    private static void Row(StringBuilder text, string name, FormattableString value) =>
        text.Append(CultureInfo.InvariantCulture, $"{name, -10}{value.ToString(CultureInfo.InvariantCulture)}\n");
}
