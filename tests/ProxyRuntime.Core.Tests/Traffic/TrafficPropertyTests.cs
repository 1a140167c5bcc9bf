using CsCheck;

namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>What holds of every proxy, whatever clients and hosts do and when.</summary>
public class TrafficPropertyTests
{
    private const int Cases = 2_000;

    private static readonly Gen<(TrafficSettings Settings, TrafficStep[] Steps)> Any = Gen.Select(TrafficSettings.Any, TrafficStep.Any.Array[10, 120]);

    /// <summary>
    /// That attempts stay within the limits is looked at where a request is logged (<see cref="Traffic"/>), that it is answered and logged
    /// once and that nothing is asked for that makes no sense with each effect (<see cref="ContractLedger"/>).
    /// </summary>
    [Fact]
    public void Every_request_ends_once_within_its_retries_and_leaves_nothing_behind()
    {
        SortedDictionary<string, int> seen = new(StringComparer.Ordinal);
        foreach (var (settings, steps) in FixedCases.Of(Any, Cases))
        {
            var traffic = new Traffic(settings);
            if (Fault(traffic, steps) is { } fault)
            {
                Assert.Fail(Smaller(settings, [.. steps], fault));
            }

            foreach (var (word, count) in traffic.Seen)
            {
                seen[word] = seen.GetValueOrDefault(word) + count;
            }
        }

        Assert.Equal([], Expected.Where(word => seen.GetValueOrDefault(word) < 10).Select(word => $"{word}: {seen.GetValueOrDefault(word)}"));
    }

    [Fact]
    public void The_same_events_give_the_same_effects_and_logs_to_the_byte() =>
        FixedCases.ForEach(
            Gen.Select(TrafficSettings.Any, TrafficStep.Any.Array[300]),
            100,
            static (settings, steps) => Assert.Equal(Transcript(settings, steps), Transcript(settings, steps))
        );

    /// <summary>What does not hold; null if all does.</summary>
    private static string? Fault(Traffic traffic, IEnumerable<TrafficStep> steps)
    {
        try
        {
            foreach (var step in steps)
            {
                traffic.Take(step);
                AssertConsistent(traffic);
            }

            traffic.Finish(() => AssertQuiet(traffic));
            AssertEmpty(traffic);
            return null;
        }
        catch (Exception fault)
        {
            return fault.ToString();
        }
    }

    /// <summary>Leaves out what is not needed for the fault, and tells it with all that happened.</summary>
    private static string Smaller(TrafficSettings settings, List<TrafficStep> steps, string fault)
    {
        for (var i = steps.Count - 1; i >= 0; i--)
        {
            var step = steps[i];
            steps.RemoveAt(i);
            if (Fault(new Traffic(settings), steps) is { } same)
            {
                fault = same;
            }
            else
            {
                steps.Insert(i, step);
            }
        }

        var told = new Traffic(settings) { Transcript = [] };
        _ = Fault(told, steps);
        return $"{fault}\n{settings}\n{string.Join('\n', told.Transcript!)}";
    }

    /// <summary>Every effect in full, the access log, and all statistics at the end.</summary>
    private static List<string> Transcript(TrafficSettings settings, TrafficStep[] steps)
    {
        var traffic = new Traffic(settings) { Transcript = [] };
        foreach (var step in steps)
        {
            traffic.Take(step);
            traffic.Transcript.Add(EffectText.Deadline(traffic.Proxy.Worker.NextDeadline));
        }

        traffic.Finish(static () => { });
        var stats = traffic.Proxy.Worker.View.Stats;
        return
        [
            .. traffic.Transcript,
            .. traffic.Proxy.Written,
            .. stats.Counters.Select(static counter => $"{counter.Name} {counter.Value}"),
            .. stats.Gauges.Select(static gauge => $"{gauge.Name} {gauge.Value}"),
            .. stats.Histograms.Select(static histogram => $"{histogram.Name} {histogram.Count} {histogram.Sum}"),
        ];
    }

    /// <summary>After each event: what is counted is what is there, and no limit is exceeded.</summary>
    private static void AssertConsistent(Traffic traffic)
    {
        var proxy = traffic.Proxy;
        var limits = traffic.Shared.Resources("svc").For(RoutingPriority.Default);
        Assert.Equal(
            (proxy.Ledger.OpenStreams, proxy.Ledger.OpenStreams, proxy.Ledger.LiveAttempts, proxy.Ledger.OpenConnections, limits.PendingRequests.Used),
            (
                proxy.Worker.View.ActiveStreams,
                proxy.Stat("http.ingress.downstream_rq_active"),
                proxy.Stat("cluster.svc.upstream_rq_active") + proxy.Stat("cluster.mirror.upstream_rq_active"),
                proxy.Worker.View.UpstreamConnections,
                proxy.Stat("cluster.svc.upstream_rq_pending_active")
            )
        );
        Assert.Equal(
            (limits.Requests.Used, limits.Connections.Used, limits.PendingRequests.Used),
            (
                traffic.Hosts.Sum(static host => host.Stats.RqActive),
                traffic.Hosts.Sum(static host => host.Stats.CxActive),
                traffic.Hosts.Sum(static host => host.Stats.RqPendingActive)
            )
        );
        var thresholds = traffic.Settings.Cluster.Limits;
        Assert.True(limits.Requests.Used <= thresholds.MaxRequests && limits.PendingRequests.Used <= thresholds.MaxPendingRequests);
        Assert.True(traffic.Settings.Cluster.Budget is not null || limits.Retries.Used <= thresholds.MaxRetries);
        Assert.True(limits.Retries.Used >= 0);
    }

    /// <summary>Nothing is under way any more, though connections are open.</summary>
    private static void AssertQuiet(Traffic traffic)
    {
        var proxy = traffic.Proxy;
        var limits = traffic.Shared.Resources("svc").For(RoutingPriority.Default);
        Assert.Equal((0, 0, 0L), (proxy.Ledger.OpenStreams, proxy.Ledger.LiveAttempts, proxy.Ledger.BytesKept));
        Assert.Equal((traffic.Begun, traffic.Begun), (proxy.Ledger.Logged, proxy.Logs.Count(static log => log.Final)));
        Assert.Equal((0, 0, 0), (limits.Requests.Used, limits.PendingRequests.Used, limits.Retries.Used));
        Assert.Equal(
            [],
            proxy
                .Worker.View.Stats.Gauges.Where(static gauge => gauge.Value != 0 && !gauge.Name.Contains("_cx_", StringComparison.Ordinal) && !IsOfHosts(gauge))
                .Select(static gauge => gauge.Name)
        );
        Assert.Null(proxy.Worker.NextDeadline);
    }

    /// <summary>The connections are closed, too.</summary>
    private static void AssertEmpty(Traffic traffic)
    {
        var proxy = traffic.Proxy;
        Assert.Equal([], proxy.Worker.View.Stats.Gauges.Where(static gauge => gauge.Value != 0 && !IsOfHosts(gauge)).Select(static gauge => gauge.Name));
        Assert.Equal((0, 0), (proxy.Worker.View.DownstreamConnections, proxy.Worker.View.UpstreamConnections));
        Assert.Equal(0, traffic.Shared.Resources("svc").For(RoutingPriority.Default).Connections.Used);
        Assert.Equal(0, proxy.Worker.HeadersInUse);
        Assert.Null(proxy.Worker.NextDeadline);
    }

    private static bool IsOfHosts(Gauge gauge) =>
        gauge.Name.Contains(".membership_", StringComparison.Ordinal) || gauge.Name.Contains(".max_host_", StringComparison.Ordinal);

    private static readonly string[] Expected =
    [
        "final",
        "redirected",
        "hedged",
        "tunnel",
        "answered beside another",
        "attempts 0",
        "attempts 1",
        "attempts 2",
        "attempts 3",
        "attempts 4",
        "DC",
        "DR",
        "DI",
        "DPE",
        "SI",
        "UAEX",
        "UC",
        "UF",
        "UH",
        "UMSDR",
        "UO",
        "UPE",
        "UR",
        "URX",
        "UT",
        "via_upstream",
        "response_timeout",
        "upstream_per_try_timeout",
        "upstream_per_try_idle_timeout",
        "request_payload_exceeded_retry_buffer_limit",
        "upstream_reset_before_response_started",
        "upstream_reset_after_response_started",
        "stream_idle_timeout",
        "request_overall_timeout",
        "max_duration_timeout",
    ];
}
