using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using MeshSim.Scenarios.Model;

namespace MeshSim.Scenarios.Results;

/// <summary>
/// A result folder: <c>result.json</c>, <c>series.csv</c>, <c>seconds.jsonl</c>, <c>events.jsonl</c> where proxies log events, the report, traces, statistics and access logs of proxies, and the charts as
/// PNG and SVG. Every file is written aside and then renamed, so that a reader never sees half of one.
/// </summary>
public static class ResultFolder
{
    public const string ResultFile = "result.json";
    public const string SeriesFile = "series.csv";

    /// <summary>All counts second by second, for comparisons.</summary>
    public const string SecondsFile = "seconds.jsonl";

    /// <summary>Written if there were events.</summary>
    public const string EventsFile = "events.jsonl";

    /// <summary>Takes <c>/stats</c> of each proxy at the end of the run.</summary>
    public const string StatsFolder = "stats";

    /// <summary>Takes access logs that were asked for.</summary>
    public const string AccessLogFolder = "access-logs";

    /// <param name="directory">Made if it does not exist.</param>
    /// <param name="finished">Time of day, the only thing in result.json that differs between two runs of one seed.</param>
    /// <exception cref="NoFontException">No font is installed, so charts would have no text.</exception>
    public static void Write(string directory, Scenario scenario, RunResult result, DateTimeOffset finished)
    {
        _ = Directory.CreateDirectory(directory);
        WriteFile(directory, ResultFile, Encoding.UTF8.GetBytes(ResultJson.Write(result, finished)));
        WriteFile(directory, SeriesFile, Encoding.UTF8.GetBytes(Series(result)));
        WriteFile(directory, SecondsFile, Encoding.UTF8.GetBytes(Results.SecondsFile.Write(result)));
        if (result.Proxies.Any(static proxy => proxy.Events.Any(IsConfigured)))
        {
            WriteFile(directory, EventsFile, Encoding.UTF8.GetBytes(Events(result)));
        }

        WriteDetails(directory, scenario, result);

        foreach (var (name, plot) in ResultCharts.All(scenario, result))
        {
            WriteFile(directory, $"{name}.png", plot.GetImageBytes(ResultCharts.Width, ResultCharts.Height, ScottPlot.ImageFormat.Png));
            WriteFile(directory, $"{name}.svg", Encoding.UTF8.GetBytes(plot.GetSvgXml(ResultCharts.Width, ResultCharts.Height)));
        }
    }

    /// <summary>The report, and what other tools read: traces, statistics and access logs of proxies.</summary>
    private static void WriteDetails(string directory, Scenario scenario, RunResult result)
    {
        var report = ReportBuilder.Of(scenario, result);
        WriteText(directory, ReportPage.JsonFile, ReportPage.Json(report));
        WriteText(directory, ReportPage.HtmlFile, ReportPage.Html(report));
        WriteText(directory, TraceFiles.OtlpFile, TraceFiles.Otlp(result));
        WriteText(directory, TraceFiles.ZipkinFile, TraceFiles.Zipkin(result));
        foreach (var proxy in result.Proxies.Where(static proxy => proxy.Details is not null))
        {
            var details = proxy.Details!;
            WriteText(Path.Combine(directory, StatsFolder), $"{proxy.Name}.txt", details.Stats);
            if (!details.AccessLog.IsEmpty)
            {
                WriteText(Path.Combine(directory, AccessLogFolder), $"{proxy.Name}.log", string.Concat(details.AccessLog.Select(static line => line + "\n")));
            }
        }
    }

    /// <summary>Second by second: requests sent, answers by status (0 for none), latency quantiles in milliseconds.</summary>
    private static string Series(RunResult result)
    {
        ImmutableSortedSet<int> statuses = [.. result.Seconds.SelectMany(static second => second.ByStatus.Keys)];
        var text = new StringBuilder("second,sent");
        foreach (var status in statuses)
        {
            _ = text.Append(CultureInfo.InvariantCulture, $",status_{status}");
        }

        _ = text.Append(",p50_ms,p90_ms,p99_ms\n");
        foreach (var second in result.Seconds)
        {
            _ = text.Append(CultureInfo.InvariantCulture, $"{second.Second},{second.Sent}");
            foreach (var status in statuses)
            {
                _ = text.Append(CultureInfo.InvariantCulture, $",{second.ByStatus.GetValueOrDefault(status)}");
            }

            foreach (var quantile in (ReadOnlySpan<double>)[0.5, 0.9, 0.99])
            {
                _ = text.Append(CultureInfo.InvariantCulture, $",{second.Latency.QuantileUs(quantile) / 1000:0.000}");
            }

            _ = text.Append('\n');
        }

        return text.ToString();
    }

    /// <summary>A line for each event of a proxy's logs: <c>{"proxy":…,"log":…,"event":{…}}</c>.</summary>
    private static string Events(RunResult result)
    {
        var text = new StringBuilder();
        foreach (var proxy in result.Proxies)
        {
            foreach (var (file, json) in proxy.Events.Where(IsConfigured))
            {
                var (name, log) = (JsonEncodedText.Encode(proxy.Name), JsonEncodedText.Encode(file));
                _ = text.Append(CultureInfo.InvariantCulture, $$"""{"proxy":"{{name}}","log":"{{log}}","event":{{json}}""").Append("}\n");
            }
        }

        return text.ToString();
    }

    /// <summary>The configuration names a log for it.</summary>
    private static bool IsConfigured(ProxyEvent line) => line.File != EventCapture.Log;

    private static void WriteText(string directory, string name, string text)
    {
        _ = Directory.CreateDirectory(directory);
        WriteFile(directory, name, Encoding.UTF8.GetBytes(text));
    }

    private static void WriteFile(string directory, string name, byte[] bytes)
    {
        var target = Path.Combine(directory, name);
        var aside = target + ".new";
        File.WriteAllBytes(aside, bytes);
        File.Move(aside, target, overwrite: true);
    }
}
