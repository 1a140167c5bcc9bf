using System.Collections.Immutable;
using System.Text.Json;
using MeshSim.Scenarios.Model;
using SkiaSharp;

namespace MeshSim.Scenarios.Results.Tests;

public class ResultTests
{
    private static readonly DateTimeOffset Noon = new(2030, 1, 2, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Result_json_says_what_was_counted()
    {
        var json = JsonDocument.Parse(ResultJson.Write(Result(), Noon)).RootElement;

        Assert.Equal(7u, json.GetProperty("seed").GetUInt64());
        Assert.Equal(ResultHash.Of(Result()), json.GetProperty("resultHash").GetString());
        Assert.Equal(0.75, json.GetProperty("summary").GetProperty("successRate").GetDouble());
        Assert.Equal(4, json.GetProperty("partitions")[0].GetProperty("events").GetInt64());
        Assert.Equal(ResultJson.Write(Result(), Noon), ResultJson.Write(Result(), Noon));
    }

    [Fact]
    public void Result_json_tells_nothing_of_answers_that_nobody_got()
    {
        var nobody = new ClientTotals(2, ImmutableSortedDictionary<int, long>.Empty, new LatencyHistogram(), new LatencyHistogram());

        var summary = JsonDocument.Parse(ResultJson.Write(Result() with { Totals = nobody }, Noon)).RootElement.GetProperty("summary");

        Assert.Equal(["sent", "byStatus"], summary.EnumerateObject().Select(static property => property.Name));
    }

    [Fact]
    public void The_hash_is_over_statistics_and_nothing_else()
    {
        var result = Result();

        Assert.Equal(ResultHash.Of(result), ResultHash.Of(result with { Partitions = [], Scenario = "other", Seed = 8 }));
        Assert.NotEqual(ResultHash.Of(result), ResultHash.Of(result with { Endpoints = [result.Endpoints[0] with { Arrivals = 5 }] }));
    }

    [Fact]
    public void Wilsons_interval_has_the_textbook_values()
    {
        var (low, high) = Wilson.Interval(8, 10);
        Assert.Equal(0.4902, low, 4);
        Assert.Equal(0.9433, high, 4);
        Assert.Equal((0, 1), Wilson.Interval(0, 0));
    }

    [Fact]
    public void A_folder_has_data_and_charts_with_text_in_them()
    {
        var folder = Directory.CreateTempSubdirectory().FullName;
        try
        {
            ResultFolder.Write(
                folder,
                new Scenario
                {
                    Name = "t",
                    DurationNs = 2_000_000_000,
                    Load = [],
                    Proxies = [],
                    Services = [],
                },
                Result(),
                Noon
            );

            // 5 ms falls into the bin from 4.992 to 5.024 ms, whose middle is shown; the largest value is exact.
            Assert.Equal(
                "second,sent,status_200,status_503,p50_ms,p90_ms,p99_ms\n0,3,2,1,5.008,10.000,10.000\n1,1,1,0,20.000,20.000,20.000\n",
                File.ReadAllText(Path.Combine(folder, "series.csv"))
            );
            using var chart = SKBitmap.Decode(Path.Combine(folder, "requests.png"));
            Assert.Equal(1200, chart.Width);

            // Where the title is drawn there must be dark pixels: without a font there are none.
            Assert.Contains(Enumerable.Range(300, 600).SelectMany(x => Enumerable.Range(5, 25).Select(y => (int)chart.GetPixel(x, y).Red)), red => red < 80);
            Assert.StartsWith("<?xml", File.ReadAllText(Path.Combine(folder, "latency.svg")), StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Quantiles_of_latency_are_within_their_bins()
    {
        var histogram = new LatencyHistogram();
        for (var us = 1; us <= 100_000; us++)
        {
            histogram.Record(us);
        }

        foreach (var quantile in (double[])[0.01, 0.5, 0.9, 0.99, 1])
        {
            Assert.Equal(1, histogram.QuantileUs(quantile) / (quantile * 100_000), 0.009);
        }

        var twice = new LatencyHistogram();
        twice.Merge(histogram);
        twice.Merge(histogram);
        Assert.Equal((200_000, 2 * histogram.SumUs, 100_000L), (twice.Count, twice.SumUs, twice.MaxUs));
        Assert.Equal(histogram.QuantileUs(0.5), twice.QuantileUs(0.5));
    }

    private static RunResult Result()
    {
        var first = Latency(5_000, 5_000, 10_000);
        var second = Latency(20_000);
        var all = Latency(5_000, 5_000, 10_000, 20_000);
        var statuses = ImmutableSortedDictionary<int, long>.Empty;
        return new RunResult
        {
            Scenario = "demo",
            Seed = 7,
            DurationNs = 2_000_000_000,
            WarmUpNs = 0,
            Totals = new ClientTotals(4, statuses.Add(200, 3).Add(503, 1), all, all),
            Seconds = [new SecondRecord(0, 3, statuses.Add(200, 2).Add(503, 1), first), new SecondRecord(1, 1, statuses.Add(200, 1), second)],
            Proxies = [],
            Endpoints = [new EndpointRecord("svc-0", "10.1.0.1:80", 4, 4, 1, 0)],
            Partitions = [new PartitionRecord(0, 2, 4)],
        };
    }

    private static LatencyHistogram Latency(params long[] valuesUs)
    {
        var histogram = new LatencyHistogram();
        foreach (var value in valuesUs)
        {
            histogram.Record(value);
        }

        return histogram;
    }
}
