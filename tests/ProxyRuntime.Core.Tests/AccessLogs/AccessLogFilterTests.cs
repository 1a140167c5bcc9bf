using System.Collections.Immutable;

namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>Which requests an access log takes; the line is the code of the response.</summary>
public class AccessLogFilterTests
{
    [Theory]
    [InlineData(ComparisonOp.Equal, "404")]
    [InlineData(ComparisonOp.NotEqual, "200,503")]
    [InlineData(ComparisonOp.GreaterOrEqual, "404,503")]
    [InlineData(ComparisonOp.LessOrEqual, "200,404")]
    public void Status_codes_are_compared(ComparisonOp op, string taken) =>
        Assert.Equal(taken, Taken(new StatusCodeFilter(new Comparison(op, 404, "")), 200, 404, 503));

    [Fact]
    public void The_runtime_overrides_the_number_to_compare_with()
    {
        var filter = new StatusCodeFilter(new Comparison(ComparisonOp.GreaterOrEqual, 404, "log.from"));

        Assert.Equal("503", string.Join(',', Logged(filter, Snapshots.Runtime(("log.from", 500)), 200, 404, 503)));
    }

    [Fact]
    public void Durations_count_in_whole_milliseconds()
    {
        var proxy = Proxy(new DurationFilter(new Comparison(ComparisonOp.GreaterOrEqual, 7, "")));
        foreach (var milliseconds in (double[])[6.9, 7, 20])
        {
            proxy.Get("/", ("x-id", $"{milliseconds}"));
            proxy.Connected(proxy.Ledger.Logged + 1);
            proxy.Wait(milliseconds);
            proxy.Answer(proxy.Ledger.Logged + 1, 200, headers: ("connection", "close"));
        }

        Assert.Equal(["log: 200", "log: 200"], proxy.Written);
    }

    [Theory]
    [InlineData("", "404")]
    [InlineData("NR", "404")]
    [InlineData("UH,FI", "")]
    public void Flags_are_any_or_those_of_a_list(string flags, string taken)
    {
        ImmutableArray<ResponseFlag> list =
        [
            .. flags.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(static name => ResponseFlagNames.Find(name)!.Value),
        ];
        var host = Snapshots.Host("*", Snapshots.Prefix("/a", Snapshots.To("svc")));
        var filter = new ResponseFlagFilter(list);
        var proxy = new WorkerHarness(
            Snapshots.Proxy([host], [Snapshots.Cluster("svc", 1)], manager => manager with { AccessLogs = [Snapshots.Log("%RESPONSE_CODE%", filter: filter)] })
        );
        _ = proxy.Ask("/none");
        _ = proxy.Ask("/a");

        Assert.Equal(taken, Codes(proxy));
    }

    [Fact]
    public void Filters_are_joined_by_and_and_or()
    {
        AccessLogFilter from = new StatusCodeFilter(new Comparison(ComparisonOp.GreaterOrEqual, 300, ""));
        AccessLogFilter to = new StatusCodeFilter(new Comparison(ComparisonOp.LessOrEqual, 404, ""));

        Assert.Equal("404", Taken(new AndFilter([from, to]), 200, 404, 503));
        Assert.Equal("200,404,503", Taken(new OrFilter([from, to]), 200, 404, 503));
        Assert.Equal("200,404,503", Taken(new AndFilter([]), 200, 404, 503));
        Assert.Equal("", Taken(new OrFilter([]), 200, 404, 503));
    }

    [Fact]
    public void A_header_of_the_request_can_be_asked_for()
    {
        var proxy = Proxy(new HeaderFilter(Chains.Header("x-log", "yes")[0]));
        _ = proxy.Ask("/", ("x-log", "no"));
        _ = proxy.Ask("GET", "/", [("x-log", "yes")], 204);

        Assert.Equal("204", Codes(proxy));
    }

    [Theory]
    [InlineData(0u, 0)]
    [InlineData(100u, 20)]
    public void A_share_of_the_requests_is_all_or_none_at_the_ends(uint percent, int count)
    {
        foreach (var independent in (bool[])[false, true])
        {
            var proxy = Proxy(new RuntimeFilter("log.share", Chains.Percent(percent), independent));
            for (var i = 0; i < 20; i++)
            {
                _ = proxy.Ask();
            }

            Assert.Equal(count, proxy.Written.Count);
        }
    }

    /// <summary>The request id's number is what decides, so every proxy on the way takes the same requests.</summary>
    [Fact]
    public void A_share_follows_the_request_id()
    {
        var proxies = Enumerable.Range(0, 2).Select(static seed => new WorkerHarness(Snapshot(Share()), (ulong)seed)).ToArray();
        for (var i = 0; i < 50; i++)
        {
            var id = Guid.Parse($"{i * 7919:x8}-1234-4234-8234-123456789abc").ToString();
            foreach (var proxy in proxies)
            {
                _ = proxy.Ask("/", ("x-request-id", id), Snapshots.Inside);
            }

            Assert.Equal(proxies[0].Written, proxies[1].Written);
        }

        Assert.InRange(proxies[0].Written.Count, 10, 40);

        static RuntimeFilter Share() => new("log.share", Chains.Percent(50), IndependentRandomness: false);
    }

    [Theory]
    [InlineData("trailers", 5, false, true)]
    [InlineData("trailers", 5, true, false)]
    [InlineData("headers", 5, false, true)]
    [InlineData("headers", 6, false, false)]
    [InlineData("neither", 14, false, true)]
    [InlineData("neither", 2, false, false)]
    public void The_gRPC_status_is_that_of_trailers_or_headers_or_what_stands_for_the_HTTP_status(string place, int status, bool exclude, bool taken)
    {
        var proxy = Proxy(new GrpcStatusFilter([status], exclude));
        _ = proxy.Get();
        _ = proxy.Connected(1);
        if (place == "neither")
        {
            _ = proxy.Answer(1, 503);
        }
        else if (place == "headers")
        {
            _ = proxy.Answer(1, 200, endStream: true, ("grpc-status", "5"));
        }
        else
        {
            _ = proxy.Answer(1, 200, endStream: false, ("grpc-status", "7"));
            _ = proxy.AnswerTrailers(1, ("grpc-status", "5"));
        }

        Assert.Equal(taken ? 1 : 0, proxy.Written.Count);
    }

    [Fact]
    public void A_request_that_was_never_answered_has_the_gRPC_status_unknown()
    {
        var proxy = Proxy(new GrpcStatusFilter([2], Exclude: false));
        _ = proxy.Get();
        _ = proxy.ClientLeaves();

        Assert.Equal(["log: 0"], proxy.Written);
    }

    [Theory]
    [InlineData(true, false, 1)]
    [InlineData(false, false, 0)]
    [InlineData(true, true, 0)]
    [InlineData(false, true, 1)]
    public void Every_line_is_of_the_end_of_a_request(bool hasEnd, bool exclude, int lines)
    {
        var proxy = Proxy(new LogTypeFilter(hasEnd, !hasEnd, exclude));
        _ = proxy.Ask();

        Assert.Equal(lines, proxy.Written.Count);
    }

    [Fact]
    public void Traces_that_a_service_asked_for_can_be_taken()
    {
        var proxy = Proxy(new TraceableFilter());
        _ = proxy.Ask("/", Snapshots.Inside);
        _ = proxy.Ask("GET", "/", [Snapshots.Inside, ("x-envoy-force-trace", "1")], 204);

        Assert.Equal("204", Codes(proxy));
    }

    private static string Taken(AccessLogFilter filter, params int[] statuses) => string.Join(',', Logged(filter, RuntimeSnapshot.Empty, statuses));

    private static IEnumerable<string> Logged(AccessLogFilter filter, RuntimeSnapshot runtime, params int[] statuses)
    {
        var proxy = new WorkerHarness(Snapshot(filter) with { Runtime = runtime });
        foreach (var status in statuses)
        {
            _ = proxy.Ask("GET", "/", [], status);
        }

        return proxy.Written.Select(static line => line["log: ".Length..]);
    }

    private static string Codes(WorkerHarness proxy) => string.Join(',', proxy.Written.Select(static line => line["log: ".Length..]));

    private static WorkerHarness Proxy(AccessLogFilter filter) => new(Snapshot(filter));

    private static ProxySnapshot Snapshot(AccessLogFilter filter) =>
        Snapshots.Proxy(change: manager =>
            Snapshots.TrustsInside(manager) with
            {
                AccessLogs = [Snapshots.Log("%RESPONSE_CODE%", filter: filter)],
                Tracing = TraceSampling.All with { Random = FractionalPercent.Never },
            }
        );
}
