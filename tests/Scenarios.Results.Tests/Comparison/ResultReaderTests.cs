using System.Collections.Immutable;
using MeshSim.Scenarios.Model;

namespace MeshSim.Scenarios.Results.Tests;

public sealed class ResultReaderTests : IDisposable
{
    private const long Second = 1_000_000_000;

    private readonly string folder = Directory.CreateTempSubdirectory().FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void What_was_written_is_read_back_without_warm_up_and_half_seconds()
    {
        Write("a", Result(seed: 3));

        var side = ResultReader.Side(Path.Combine(folder, "a"));

        var run = Assert.Single(side.Runs);
        Assert.Equal(("demo", 3ul, false), (run.Scenario, run.Seed, run.IsLive));
        Assert.Equal(1, Assert.Single(run.Phases));
        Assert.Equal(3, run.Seconds.Length);
        var first = run.Seconds[0];
        Assert.Equal((11, 9, 8), (first.Sent, first.Answers, first.Ok));
        Assert.Equal((9, 30_000L), (first.Latency.Count, first.Latency.MaxUs));
        Assert.Equal(5.0, first.Latency.QuantileUs(0.5) / 1000, 0.1);
        Assert.Equal([new KeyValuePair<string, long>("svc-0", 21)], first.Arrivals);
        Assert.Equal([new KeyValuePair<string, long>("gateway cluster.svc.upstream_rq_retry", 4)], first.Stats);
        Assert.Equal(0, run.Seconds[2].Sent); // Nothing happened there.
    }

    [Fact]
    public void Results_in_a_folder_are_runs_of_one_side()
    {
        Write("all/2", Result(seed: 2));
        Write("all/1", Result(seed: 1) with { Machine = new MachineRecord(1, 2, 3, 4) });
        _ = Directory.CreateDirectory(Path.Combine(folder, "all", "charts"));

        var side = ResultReader.Side(Path.Combine(folder, "all"));

        Assert.Equal([1, 2], side.Runs.Select(static run => (int)run.Seed));
        Assert.True(side.Runs[0].IsLive);
        Assert.Equal(2 * 11, side.BySecond().Items[0].Sent);
        Assert.Equal(2, side.ByRun().Items.Length);
    }

    [Fact]
    public void Results_that_do_not_belong_together_are_refused()
    {
        Write("all/1", Result(seed: 1));
        Write("all/2", Result(seed: 2) with { Scenario = "other" });

        var refused = Assert.Throws<ResultReadException>(() => ResultReader.Side(Path.Combine(folder, "all")));

        Assert.Contains("'demo' with 3 seconds, 'other' with 3", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("{\"second\": \"x\"}")]
    [InlineData("{\"second\": 1, \"sent\": 1, \"byStatus\": {\"x\": 1}}")]
    [InlineData(
        "{\"second\": 1, \"sent\": 1, \"byStatus\": {}, \"latencyUs\": {\"sum\": 0, \"max\": 0, \"bins\": {\"999999\": 1}}, \"arrivals\": {}, \"stats\": {}}"
    )]
    [InlineData("[]")]
    public void A_line_that_is_none_is_told_with_its_place(string line)
    {
        Write("a", Result(seed: 3));
        File.WriteAllText(Path.Combine(folder, "a", "seconds.jsonl"), line);

        var refused = Assert.Throws<ResultReadException>(() => ResultReader.Side(Path.Combine(folder, "a")));

        Assert.Contains("seconds.jsonl:1: ", refused.Message, StringComparison.Ordinal);
    }

    private void Write(string name, RunResult result) =>
        ResultFolder.Write(
            Path.Combine(folder, name),
            new Scenario
            {
                Name = "demo",
                DurationNs = result.DurationNs,
                Load = [],
                Proxies = [],
                Services = [],
            },
            result,
            DateTimeOffset.UnixEpoch
        );

    /// <summary>Five and a half seconds, the first one and a half of which are warm-up: seconds 2, 3 and 4 count.</summary>
    private static RunResult Result(ulong seed)
    {
        var statuses = ImmutableSortedDictionary<int, long>.Empty;
        var latency = new LatencyHistogram();
        for (var i = 0; i < 8; i++)
        {
            latency.Record(5_000);
        }

        latency.Record(30_000);
        var answers = statuses.Add(200, 8).Add(503, 1);
        return new RunResult
        {
            Scenario = "demo",
            Seed = seed,
            DurationNs = (5 * Second) + (Second / 2),
            WarmUpNs = 3 * Second / 2,
            ChangesNs = [3 * Second],
            Totals = new ClientTotals(11, answers, latency, latency),
            Seconds =
            [
                new SecondRecord(0, 1, statuses, new LatencyHistogram()),
                new SecondRecord(2, 11, answers, latency),
                new SecondRecord(5, 9, answers, latency),
            ],
            Proxies =
            [
                new ProxyRecord("gateway", ImmutableSortedDictionary<string, long>.Empty, ImmutableSortedDictionary<string, long>.Empty)
                {
                    StatsBySecond = ImmutableSortedDictionary<string, ImmutableArray<long>>.Empty.Add("cluster.svc.upstream_rq_retry", [0, 0, 4]),
                },
            ],
            Endpoints = [new EndpointRecord("svc-0", "10.1.0.1:80", 21, 21, 0, 0) { ArrivalsBySecond = [0, 0, 21] }],
        };
    }
}
