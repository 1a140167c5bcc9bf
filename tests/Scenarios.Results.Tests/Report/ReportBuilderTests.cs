using System.Globalization;
using System.Text.Json;
using MeshSim.Scenarios.Engine;
using MeshSim.Scenarios.Model;

namespace MeshSim.Scenarios.Results.Tests;

public class ReportBuilderTests
{
    [Fact]
    public void Writing_details_down_changes_nothing_and_they_do_not_depend_on_the_partitions()
    {
        var scenario = LibraryRuns.Scenario("two-hops", seconds: 15);
        var bare = SingleProcessRunner.Run(scenario, seed: 7);

        var one = LibraryRuns.Run(scenario);
        var three = LibraryRuns.Run(scenario, partitions: 3);

        Assert.Equal(ResultHash.Of(bare), ResultHash.Of(one));
        Assert.Equal(ReportPage.Json(ReportBuilder.Of(scenario, one)), ReportPage.Json(ReportBuilder.Of(scenario, three)));
        Assert.Equal(TraceFiles.Otlp(one), TraceFiles.Otlp(three));
        Assert.All(bare.Proxies, static proxy => Assert.Null(proxy.Details));
    }

    [Fact]
    public void Series_and_tables_have_the_counts_of_the_result()
    {
        var scenario = LibraryRuns.Scenario("two-hops", seconds: 15);
        var result = LibraryRuns.Run(scenario);

        var report = ReportBuilder.Of(scenario, result);

        Assert.Equal(15, report.Clients.Sent.Length);
        Assert.Equal(result.Seconds.Sum(static second => second.Sent), report.Clients.Sent.Sum());
        Assert.Equal(result.Seconds.Sum(static second => second.Latency.Count), report.Clients.Heat.Sum(static column => column.Sum()));
        foreach (var (proxy, shown) in result.Proxies.Zip(report.Proxies))
        {
            Assert.Equal(
                proxy.Responses,
                shown.Outcomes.ToDictionary(static series => series.Name, static series => series.Values.Sum(), StringComparer.Ordinal)
            );
            Assert.Equal(
                Retries(proxy),
                shown
                    .Counters.Where(static series => series.Name.EndsWith(".upstream_rq_retry", StringComparison.Ordinal))
                    .Sum(static series => series.Values.Sum())
            );
        }

        Assert.All(
            report.Endpoints,
            static endpoint =>
                Assert.Equal(
                    (endpoint.Arrivals, endpoint.Answered, endpoint.Errors),
                    (endpoint.ArrivalsBySecond.Sum(), endpoint.AnsweredBySecond.Sum(), endpoint.ErrorsBySecond.Sum())
                )
        );
        Assert.Equal(4, report.Edges.Count(static edge => edge.From == "sidecar" && edge.To.StartsWith("ledger-", StringComparison.Ordinal)));
        Assert.Contains(report.Edges, static edge => edge.From == TopologyBuilder.Clients && edge.To == "gateway");
        Assert.DoesNotContain(report.Edges, static edge => edge.From == TopologyBuilder.Clients && edge.To == "sidecar");
    }

    [Fact]
    public void A_story_tells_tries_back_off_and_what_the_next_proxy_did()
    {
        var scenario = LibraryRuns.Scenario("two-hops", seconds: 20);

        var stories = ReportBuilder.Of(scenario, LibraryRuns.Run(scenario)).Stories;

        var slow = stories.Where(static story => story.Why == "slow").Select(static story => story.DurationMs).ToArray();
        Assert.Equal(slow.OrderDescending(), slow);
        var whole = stories.First(static story => story.Why == "whole" && story.Steps.Count(static step => step.Depth == 1) > 1);
        Assert.Equal(["gateway", "try 1 → sidecar", "sidecar"], whole.Steps.Take(3).Select(static step => step.Label));
        Assert.Contains(whole.Steps, static step => step.Depth == 3 && step.Label.Contains("→ ledger-", StringComparison.Ordinal));
        var second = whole.Steps.First(static step => step.Label == "try 2 → sidecar");
        Assert.Contains(second.Lines, static line => line.EndsWith("before this try (back-off)", StringComparison.Ordinal));
        Assert.Contains(
            whole.Steps.First(static step => step.Depth == 1).Lines,
            static line => line.EndsWith("not passed on; tried again", StringComparison.Ordinal)
        );
        Assert.All(whole.Steps, step => Assert.InRange(step.ToMs, step.FromMs, whole.DurationMs + 1));
        Assert.Contains(stories, static story => story.Why == "kind" && story.Title.StartsWith("503 URX", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("capped-queue", "503 UO", "refused by the circuit breaker: no room to wait for a connection")]
    [InlineData("closed-port", "503 UF", "RemoteConnectionFailure, delayed connect error: Connection refused")]
    public void A_story_says_what_ended_a_try(string name, string title, string line)
    {
        var scenario = LibraryRuns.Scenario(name, seconds: 25);

        var stories = ReportBuilder.Of(scenario, LibraryRuns.Run(scenario)).Stories;

        var story = stories.First(story => story.Title.StartsWith(title, StringComparison.Ordinal));
        Assert.Contains(story.Steps.SelectMany(static step => step.Lines), found => found.EndsWith(line, StringComparison.Ordinal));
    }

    [Fact]
    public void A_story_says_which_timer_fired()
    {
        var slow = LibraryRuns.Scenario("seed-timeout", seconds: 15);
        slow = slow with { Faults = [new SlowFault(slow.Services[0].Name, [], Factor: 1000, FromNs: 0, UntilNs: long.MaxValue)] };

        var story = ReportBuilder.Of(slow, LibraryRuns.Run(slow)).Stories.First(static story => story.Title.StartsWith("504 UT", StringComparison.Ordinal));

        Assert.Contains(story.Steps[1].Lines, static line => line.StartsWith("the timeout of the route fired, ", StringComparison.Ordinal));
        Assert.True(story.Steps[1].Failed);
    }

    [Fact]
    public void Ejections_begin_and_end_on_the_timeline_though_no_log_is_configured()
    {
        var scenario = LibraryRuns.Scenario("ejected-host", seconds: 40);
        var quiet = scenario with
        {
            Proxies = [.. scenario.Proxies.Select(static role => role with { Snapshot = role.Snapshot with { OutlierEventLogPath = "" } })],
        };

        var events = ReportBuilder.Of(quiet, LibraryRuns.Run(quiet)).Events;

        // By default consecutive gateway failures are written down and not enforced; consecutive 5xx are.
        Assert.Contains(events, static one => one.Kind == TimelineBuilder.Ejection && one.What.EndsWith("which is not enforced", StringComparison.Ordinal));
        var ejection = events.First(static one => one.Kind == TimelineBuilder.Ejection && one.UntilS is not null);
        Assert.Equal("orders-2", ejection.Who);
        Assert.InRange(ejection.AtS, 10, 12);
        Assert.True(ejection.UntilS > ejection.AtS);
        Assert.Equal(
            new ReportEvent(10, 24, TimelineBuilder.Fault, "orders-2", "100% 503 from orders"),
            events.Single(static one => one.Kind == TimelineBuilder.Fault)
        );
    }

    [Theory]
    [InlineData("capped-queue", "max_pending_requests", "upstream_rq_pending_overflow")]
    [InlineData("max-requests-no-queue", "max_requests", "upstream_rq_active_overflow")]
    public void Seconds_in_which_a_limit_refuses_are_one_event_that_counts(string name, string limit, string counter)
    {
        var scenario = LibraryRuns.Scenario(name, seconds: 10);
        var result = LibraryRuns.Run(scenario);

        var events = ReportBuilder.Of(scenario, result).Events.Where(static one => one.Kind == TimelineBuilder.Breaker).ToArray();

        var refused = result.Proxies[0].Stats.Where(entry => entry.Key.EndsWith($".{counter}", StringComparison.Ordinal)).Sum(static entry => entry.Value);
        var told = events.Where(one => one.What.Contains($"reaches {limit},", StringComparison.Ordinal)).ToArray();
        Assert.NotEmpty(told);
        Assert.Equal(refused, told.Sum(static one => long.Parse(one.What.Split(", ")[1].Split(' ')[0], CultureInfo.InvariantCulture)));
    }

    [Fact]
    public void Traces_are_trees_whose_ids_are_the_request_ids()
    {
        var scenario = LibraryRuns.Scenario("two-hops", seconds: 12);
        var result = LibraryRuns.Run(scenario);

        using var otlp = JsonDocument.Parse(TraceFiles.Otlp(result));
        using var zipkin = JsonDocument.Parse(TraceFiles.Zipkin(result));

        var spans = otlp
            .RootElement.GetProperty("resourceSpans")
            .EnumerateArray()
            .SelectMany(static resource => resource.GetProperty("scopeSpans")[0].GetProperty("spans").EnumerateArray())
            .ToArray();
        var ids = spans.ToDictionary(static span => span.GetProperty("spanId").GetString()!, StringComparer.Ordinal);
        var children = spans.Where(static span => span.TryGetProperty("parentSpanId", out _)).ToArray();
        Assert.All(
            children,
            span => Assert.Equal(span.GetProperty("traceId").GetString(), ids[span.GetProperty("parentSpanId").GetString()!].GetProperty("traceId").GetString())
        );
        var hop = result.Proxies[0].Details!.Hops[0];
        Assert.Contains(spans, span => span.GetProperty("traceId").GetString() == hop.RequestId.Replace("-", "", StringComparison.Ordinal));

        // Some of the sidecar's hops hang below an attempt of the gateway.
        Assert.Contains(children, static span => span.GetProperty("kind").GetInt32() == 2);
        Assert.Equal(spans.Length, zipkin.RootElement.GetArrayLength());
    }

    [Fact]
    public void Text_from_outside_cannot_end_the_script()
    {
        var scenario = LibraryRuns.Scenario("capped-queue", seconds: 5) with { Description = "</script><script>alert(1)</script>" };

        var html = ReportPage.Html(ReportBuilder.Of(scenario, LibraryRuns.Run(scenario)));

        Assert.DoesNotContain("</script><script>alert", html, StringComparison.Ordinal);
    }

    private static long Retries(ProxyRecord proxy) =>
        proxy.Stats.Where(static entry => entry.Key.EndsWith(".upstream_rq_retry", StringComparison.Ordinal)).Sum(static entry => entry.Value);
}
