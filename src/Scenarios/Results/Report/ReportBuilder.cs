using System.Collections.Immutable;
using MeshSim.ProxyRuntime.Core;
using MeshSim.Scenarios.Model;

namespace MeshSim.Scenarios.Results;

/// <summary>Makes <see cref="ReportData"/> of a result.</summary>
public static class ReportBuilder
{
    /// <summary>Longer runs are shown in longer steps.</summary>
    private const int MostSteps = 1800;

    public static ReportData Of(Scenario scenario, RunResult result)
    {
        var steps = new Steps(result.DurationNs, MostSteps);
        var names = new AddressBook(result);
        var events = TimelineBuilder.Of(scenario, result, names);
        var (nodes, edges, idle) = TopologyBuilder.Of(scenario, result, names);
        return new ReportData
        {
            Scenario = result.Scenario,
            Description = scenario.Description,
            Seed = result.Seed,
            Meshsim = ResultJson.Version,
            IsLive = result.Machine is not null,
            DurationS = Seconds(result.DurationNs),
            WarmUpS = Seconds(result.WarmUpNs),
            StepS = steps.Seconds,
            ResultHash = ResultHash.Of(result),
            Summary = [.. SummaryTable.Rows(result).Select(static row => new ReportRow(row.Name, row.Value))],
            Expectations = [.. result.Expectations.Select(static one => new ReportExpectation(one.Text, one.Measured, one.Passed))],
            Clients = ClientSeries.Of(result, steps),
            Proxies = [.. result.Proxies.Select(proxy => Proxy(proxy, steps, names))],
            Endpoints = Endpoints(result, steps, events),
            Nodes = nodes,
            Edges = edges,
            Idle = idle,
            Events = events,
            Stories = StoryBuilder.Of(scenario, result, names),
        };
    }

    internal static double Seconds(long ns) => Math.Round(ns / (double)MonotonicTime.NanosecondsPerSecond, 6);

    private static ReportProxy Proxy(ProxyRecord proxy, Steps steps, AddressBook names)
    {
        var details = proxy.Details ?? ProxyDetails.Empty;
        return new ReportProxy(
            proxy.Name,
            proxy.Responses,
            Columns(proxy),
            [.. details.Outcomes.Select(series => new ReportSeries(series.Name, steps.Sum(series.Values)))],
            [.. details.Counters.Select(series => new ReportSeries(series.Name, steps.Sum(series.Values)))],
            [.. details.Gauges.Select(series => new ReportSeries(series.Name, steps.Highest(series.Values)))],
            [
                .. details.Hosts.Select(host => new ReportHost(
                    host.Cluster,
                    names.Name(proxy.Name, host.Address),
                    host.Address,
                    host.Priority,
                    host.Total,
                    host.Success,
                    host.Error,
                    host.Timeout,
                    host.ConnectFail,
                    host.Health
                )),
            ]
        );
    }

    private static ImmutableArray<KeyValuePair<string, long>> Columns(ProxyRecord proxy)
    {
        var all = proxy.Responses.Values.Sum();
        return
        [
            new("requests", all),
            new("failed", proxy.Responses.Where(static entry => IsFailure(entry.Key)).Sum(static entry => entry.Value)),
            new("retries", Sum("upstream_rq_retry")),
            new("retries that helped", Sum("upstream_rq_retry_success")),
            new("timeouts", Sum("upstream_rq_timeout")),
            new("per-try timeouts", Sum("upstream_rq_per_try_timeout")),
            new("overflow", Sum("upstream_rq_pending_overflow") + Sum("upstream_rq_active_overflow")),
            new("retry overflow", Sum("upstream_rq_retry_overflow")),
            new("connect failures", Sum("upstream_cx_connect_fail")),
            new("ejections", Sum("outlier_detection.ejections_enforced_total")),
            new("picks in panic", Sum("lb_healthy_panic")),
        ];

        long Sum(string field) =>
            proxy
                .Stats.Where(entry => entry.Key.StartsWith("cluster.", StringComparison.Ordinal) && entry.Key.EndsWith($".{field}", StringComparison.Ordinal))
                .Sum(static entry => entry.Value);
    }

    /// <param name="outcome"><c>503 UF,URX</c>.</param>
    internal static bool IsFailure(string outcome) => outcome[0] is '0' or '5';

    private static ImmutableArray<ReportEndpoint> Endpoints(RunResult result, Steps steps, ImmutableArray<ReportEvent> events)
    {
        var all = result.Endpoints.Sum(static endpoint => endpoint.Arrivals);
        return
        [
            .. result.Endpoints.Select(endpoint => new ReportEndpoint(
                endpoint.Name,
                endpoint.Address,
                endpoint.Arrivals,
                endpoint.Answered,
                endpoint.Errors,
                endpoint.MaxQueue,
                all == 0 ? 0 : Math.Round((double)endpoint.Arrivals / all, 6),
                Math.Round(
                    events
                        .Where(one => one.Who == endpoint.Name && one.Kind is TimelineBuilder.Ejection or TimelineBuilder.Health)
                        .Where(one => one.Who == endpoint.Name && one.UntilS is not null)
                        .Sum(static one => one.UntilS!.Value - one.AtS),
                    3
                ),
                steps.Sum(endpoint.ArrivalsBySecond),
                steps.Sum(endpoint.AnsweredBySecond),
                steps.Sum(endpoint.ErrorsBySecond),
                steps.Highest(endpoint.MaxQueueBySecond)
            )),
        ];
    }
}
