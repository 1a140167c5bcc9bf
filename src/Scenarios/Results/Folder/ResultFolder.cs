using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using MeshSim.Scenarios.Model;

namespace MeshSim.Scenarios.Results;

/// <summary>
/// A result folder: <c>result.json</c>, <c>series.csv</c>, <c>seconds.jsonl</c>, <c>events.jsonl</c> where proxies log events, and the charts as PNG and SVG. Every file is written aside and then renamed,
/// so that a reader never sees half of one.
/// </summary>
public static class ResultFolder
{
    public const string ResultFile = "result.json";
    public const string SeriesFile = "series.csv";

    /// <summary>All counts second by second, for comparisons.</summary>
    public const string SecondsFile = "seconds.jsonl";

    /// <summary>Written if there were events.</summary>
    public const string EventsFile = "events.jsonl";

    /// <param name="directory">Made if it does not exist.</param>
    /// <param name="finished">Time of day, the only thing in result.json that differs between two runs of one seed.</param>
    /// <exception cref="NoFontException">No font is installed, so charts would have no text.</exception>
    public static void Write(string directory, Scenario scenario, RunResult result, DateTimeOffset finished)
    {
        _ = Directory.CreateDirectory(directory);
        WriteFile(directory, ResultFile, Encoding.UTF8.GetBytes(ResultJson.Write(result, finished)));
        WriteFile(directory, SeriesFile, Encoding.UTF8.GetBytes(Series(result)));
        WriteFile(directory, SecondsFile, Encoding.UTF8.GetBytes(Results.SecondsFile.Write(result)));
        if (result.Proxies.Any(static proxy => !proxy.Events.IsEmpty))
        {
            WriteFile(directory, EventsFile, Encoding.UTF8.GetBytes(Events(result)));
        }

        foreach (var (name, plot) in ResultCharts.All(result, scenario.Faults))
        {
            WriteFile(directory, $"{name}.png", plot.GetImageBytes(ResultCharts.Width, ResultCharts.Height, ScottPlot.ImageFormat.Png));
            WriteFile(directory, $"{name}.svg", Encoding.UTF8.GetBytes(plot.GetSvgXml(ResultCharts.Width, ResultCharts.Height)));
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
            foreach (var (file, json) in proxy.Events)
            {
                var (name, log) = (JsonEncodedText.Encode(proxy.Name), JsonEncodedText.Encode(file));
                _ = text.Append(CultureInfo.InvariantCulture, $$"""{"proxy":"{{name}}","log":"{{log}}","event":{{json}}""").Append("}\n");
            }
        }

        return text.ToString();
    }

    private static void WriteFile(string directory, string name, byte[] bytes)
    {
        var target = Path.Combine(directory, name);
        var aside = target + ".new";
        File.WriteAllBytes(aside, bytes);
        File.Move(aside, target, overwrite: true);
    }
}
