using System.Collections.Immutable;

namespace MeshSim.Scenarios.Model.Tests;

public class ExpectationTests
{
    private const long Second = 1_000_000_000;

    /// <summary>10 s, of which the first is warm-up: 10 requests a second, of which one fails, in the seconds from 5 on five, and fast.</summary>
    private static readonly RunResult Result = Make();

    [Theory]
    [InlineData("success_rate >= 67%", true, "67.778% (95 % interval 57.")]
    [InlineData("success_rate in 1s..5s >= 90%", true, "90.000%")]
    [InlineData("success_rate in 5s..10s == 50% ± 1%", true, "50.000%")]
    [InlineData("success_rate in 5s..10s == 52% ± 1%", false, "50.000%")]
    [InlineData("p50 <= 10.3ms", true, "10.")]
    [InlineData("p10 == 2ms ± 0.1ms", true, "2.")]
    [InlineData("p10 2xx == 10ms ± 0.3ms", true, "10.")]
    [InlineData("rate == 10 ± 0", true, "10 (95 % interval 10 to 10)")]
    [InlineData("goodput in 5s..10s < 6", true, "5")]
    [InlineData("sent == 100 ± 20", true, "90")]
    [InlineData("answers 503 <= 40%", true, "32.222%")]
    [InlineData("answers 5xx > 26", true, "29")]
    [InlineData("answers none < 1", true, "0")]
    [InlineData("stat gateway cluster.svc.upstream_rq_retry == 7 ± 0", true, "7")]
    [InlineData("stat * cluster.svc.upstream_rq_retry >= 12", true, "12")]
    [InlineData("stat gateway cluster.svc.upstream_rq_retry in 2s..4s == 5 ± 0", true, "5")]
    [InlineData("responses gateway 503 UO >= 6", true, "6")]
    [InlineData("responses gateway 503 == 9 ± 0", true, "9")]
    [InlineData("arrivals svc == 40 ± 0", true, "40")]
    [InlineData("arrivals svc-0 in 1s..2s == 20 ± 0", true, "20")]
    [InlineData("share svc-0 == 75% ± 1%", true, "75.000%")]
    [InlineData("share svc == 80% ± 1%", true, "80.000%")]
    [InlineData("max_share svc == 75% ± 0%", true, "75.000%")]
    [InlineData("max_queue svc <= 4", false, "5")]
    [InlineData("errors svc == 3 ± 0", true, "3")]
    [InlineData("p99 in 8s..9s <= 1s", false, "nothing to measure")]
    [InlineData("success_rate in 8s..9s >= 1%", false, "nothing to measure")]
    [InlineData("answers 5xx in 8s..9s <= 1%", false, "nothing to measure")]
    public void Anything_may_be_expected(string text, bool passed, string measured)
    {
        var expectation = ExpectationText.Parse(text, out var problem);

        Assert.Equal("", problem);
        var record = expectation!.Check(text.Contains("8s..9s", StringComparison.Ordinal) ? Result with { Seconds = [] } : Result);
        Assert.StartsWith(measured, record.Measured, StringComparison.Ordinal);
        Assert.Equal(passed, record.Passed);
    }

    [Theory]
    [InlineData("success_rate 99%", "an expectation is what")]
    [InlineData("succes_rate >= 99%", "unknown figure 'succes_rate'")]
    [InlineData("p99 <= 250", "the bound is a share such as 99%")]
    [InlineData("p99 503 <= 1s", "'p99' is followed by the comparison, or by 2xx for the latency of these answers alone")]
    [InlineData("sent == 5", null)]
    [InlineData("success_rate in 1.5s..2s >= 99%", "'1.5s..2s' is no window")]
    [InlineData("stat gateway >= 1", "'stat' is followed by a proxy")]
    [InlineData("max_share >= 50%", "'max_share' is followed by a service")]
    [InlineData("sent >= 5 ± 1", "the bound is a share such as 99%")]
    public void What_is_no_expectation_is_told(string text, string? problem)
    {
        var parsed = ExpectationText.Parse(text, out var told);

        Assert.Equal(problem is null, parsed is not null);
        Assert.StartsWith(problem ?? "", told, StringComparison.Ordinal);
    }

    private static RunResult Make()
    {
        var clients = new ClientRecorder(Second);
        for (var i = 0; i < 100; i++)
        {
            var at = i * Second / 10;
            clients.Sent(at);
            var fails = i % 10 < (at < 5 * Second ? 1 : 5);
            clients.Answered(at, at + (fails ? 2_000_000 : 10_000_000), fails ? 503 : 200);
        }

        var series = ImmutableSortedDictionary<string, ImmutableArray<long>>.Empty.Add("cluster.svc.upstream_rq_retry", [0, 1, 2, 3, 1]);
        return new RunResult
        {
            Scenario = "test",
            Seed = 1,
            DurationNs = 10 * Second,
            WarmUpNs = Second,
            Totals = clients.Totals,
            Seconds = clients.Seconds,
            Proxies =
            [
                new ProxyRecord("gateway-0", Stats(4), Responses(2)) { StatsBySecond = series },
                new ProxyRecord("gateway-1", Stats(3), Responses(4)),
                new ProxyRecord("svc-0.sidecar", Stats(5), Responses(0)),
            ],
            Endpoints =
            [
                new EndpointRecord("svc-0", "", 30, 30, 2, 5) { ArrivalsBySecond = [10, 20] },
                new EndpointRecord("svc-1", "", 10, 10, 1, 3) { ArrivalsBySecond = [10] },
                new EndpointRecord("other-0", "", 10, 10, 0, 0),
            ],
        };
    }

    private static ImmutableSortedDictionary<string, long> Stats(long retries) =>
        ImmutableSortedDictionary<string, long>.Empty.Add("cluster.svc.upstream_rq_retry", retries);

    private static ImmutableSortedDictionary<string, long> Responses(long overflow) =>
        ImmutableSortedDictionary<string, long>
            .Empty.Add("503 UF", 1)
            .Add("503 UO,URX", overflow)
            .Add(
                "503",
                overflow == 0 ? 0
                    : overflow == 2 ? 1
                    : 0
            );
}
