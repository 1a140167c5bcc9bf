using System.Globalization;

namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>What a worker notes of a request while it goes its way, as a line of the access log has it.</summary>
public class RequestFactsTests
{
    [Fact]
    public void Moments_of_a_request_with_bodies_both_ways()
    {
        var proxy = Proxy(
            "%DURATION% %REQUEST_DURATION% %REQUEST_TX_DURATION% %RESPONSE_DURATION% %RESPONSE_TX_DURATION% %UPSTREAM_CONNECTION_POOL_READY_DURATION% "
                + "%COMMON_DURATION(DS_CX_BEG:DS_RX_BEG)% %COMMON_DURATION(DS_RX_BEG:DS_RX_HDR_END)% %COMMON_DURATION(US_CX_BEG:US_CX_END)% "
                + "%COMMON_DURATION(US_TX_BEG:US_TX_END)% %COMMON_DURATION(US_RX_BEG:US_RX_BODY_BEG)% %COMMON_DURATION(US_RX_BODY_BEG:US_RX_END)% "
                + "%COMMON_DURATION(DS_TX_BEG:DS_TX_END)%"
        );
        _ = proxy.Wait(100);
        _ = proxy.RequestBegin();
        _ = proxy.Wait(1);
        _ = proxy.Request("POST", "/", endStream: false);
        _ = proxy.Wait(2);
        _ = proxy.Connected(1);
        _ = proxy.Wait(4);
        _ = proxy.Body(10, endStream: true);
        _ = proxy.Wait(8);
        _ = proxy.Answer(1, 200, endStream: false);
        _ = proxy.Wait(16);
        _ = proxy.AnswerBody(1, 5, endStream: false);
        _ = proxy.Wait(32);
        _ = proxy.AnswerBody(1, 5, endStream: true);

        Assert.Equal(["log: 63 7 7 15 48 2 100 1 2 4 16 32 48"], proxy.Written);
    }

    [Fact]
    public void A_response_that_breaks_off_was_never_sent_to_its_end()
    {
        var proxy = Proxy("%RESPONSE_CODE% %RESPONSE_FLAGS% %RESPONSE_DURATION% %RESPONSE_TX_DURATION% %COMMON_DURATION(DS_RX_BEG:US_RX_END)% %BYTES_SENT%");
        _ = proxy.Get();
        _ = proxy.Connected(1);
        _ = proxy.Wait(3);
        _ = proxy.Answer(1, 200, endStream: false);
        _ = proxy.AnswerBody(1, 7, endStream: false);
        _ = proxy.UpstreamClosed(1);

        Assert.Equal(["log: 200 UPE 3 - - 7"], proxy.Written);
    }

    [Fact]
    public void Each_host_that_was_tried_is_named_and_the_one_that_answered_is_the_upstream()
    {
        var proxy = Proxy(
            "%UPSTREAM_HOST% %UPSTREAM_REMOTE_ADDRESS% %UPSTREAM_LOCAL_ADDRESS% %UPSTREAM_PROTOCOL% %UPSTREAM_CONNECTION_ID% %UPSTREAM_HOSTS_ATTEMPTED% "
                + "%UPSTREAM_CONNECTION_IDS_ATTEMPTED% %UPSTREAM_REQUEST_ATTEMPT_COUNT% %UPSTREAM_TRANSPORT_FAILURE_REASON%",
            new RouteAction { Cluster = "svc", RetryPolicy = Snapshots.Retry(RetryOn.ConnectFailure) },
            Snapshots.Cluster("svc", 2)
        );
        _ = proxy.Get();
        _ = proxy.Refused(1);
        _ = proxy.Wait(50);
        _ = proxy.Connected(2);
        _ = proxy.Answer(2, 200);

        Assert.Equal(["log: 10.0.0.1:80 10.0.0.1:80 10.9.9.9:50001 HTTP/1.1 2 10.0.0.2:80,10.0.0.1:80 2 2 -"], proxy.Written);
    }

    [Fact]
    public void A_host_that_could_not_be_reached_is_the_upstream_without_a_connection()
    {
        var proxy = Proxy("%UPSTREAM_HOST% %UPSTREAM_REMOTE_ADDRESS% %UPSTREAM_LOCAL_ADDRESS% %UPSTREAM_PROTOCOL% %UPSTREAM_TRANSPORT_FAILURE_REASON%");
        _ = proxy.Get();
        _ = proxy.Refused(1);

        Assert.Equal(["log: 10.0.0.1:80 - - - delayed_connect_error:_Connection_refused"], proxy.Written);
    }

    [Fact]
    public void A_second_request_on_a_connection_shares_its_beginning()
    {
        var proxy = Proxy("%CONNECTION_ID% %COMMON_DURATION(US_CX_BEG:US_CX_END)% %UPSTREAM_CONNECTION_POOL_READY_DURATION% %UPSTREAM_HOSTS_ATTEMPTED%");
        _ = proxy.Get();
        _ = proxy.Wait(9);
        _ = proxy.Connected(1);
        _ = proxy.Answer(1, 200);
        _ = proxy.Wait(1000);
        _ = proxy.Get();
        _ = proxy.Answer(2, 200);

        Assert.Equal(["log: 3 9 9 10.0.0.1:80", "log: 3 9 0 10.0.0.1:80"], proxy.Written);
    }

    [Fact]
    public void A_request_without_a_route_has_no_upstream()
    {
        var snapshot = Snapshots.Proxy(
            [Snapshots.Host("other.local", Snapshots.Prefix("/", Snapshots.To("svc")))],
            [Snapshots.Cluster("svc", 1)],
            manager => manager with { AccessLogs = [Snapshots.Log("%UPSTREAM_HOST% %UPSTREAM_CLUSTER% %ROUTE_NAME% %UPSTREAM_HOSTS_ATTEMPTED% %DURATION%")] }
        );
        var proxy = new WorkerHarness(snapshot);

        _ = proxy.Get();

        Assert.Equal(["log: - - - - 0"], proxy.Written);
    }

    [Fact]
    public void Bytes_on_the_wire_are_those_of_plain_http_1_1()
    {
        var proxy = Proxy(
            "%DOWNSTREAM_WIRE_BYTES_RECEIVED% %DOWNSTREAM_WIRE_BYTES_SENT% %UPSTREAM_WIRE_BYTES_SENT% %UPSTREAM_WIRE_BYTES_RECEIVED% "
                + "%DOWNSTREAM_HEADER_BYTES_RECEIVED% %DOWNSTREAM_HEADER_BYTES_SENT% %UPSTREAM_HEADER_BYTES_SENT% %UPSTREAM_HEADER_BYTES_RECEIVED%"
        );
        _ = proxy.Request("POST", "/", endStream: false, ("content-length", "10"));
        _ = proxy.Connected(1);
        _ = proxy.Body(10, endStream: true);
        _ = proxy.Answer(1, 200, endStream: false, ("x-a", "b"));
        _ = proxy.AnswerBody(1, 17, endStream: true);

        const int requestLine = 17;
        const int statusLine = 17;
        const int empty = 2;
        const int requestHeaders = 17 + 20;
        const int chunks = 17 + 6 + 5;
        var response = Lines(proxy.ResponseHead) + "transfer-encoding: chunked\r\n".Length;
        var request = Lines(proxy.RequestHead);
        string[] expected =
        [
            Text(requestLine + requestHeaders + empty + 10),
            Text(statusLine + response + empty + chunks),
            Text(requestLine + request + empty + 10),
            Text(statusLine + 8 + empty + 17),
            Text(requestHeaders - 2),
            Text(response),
            Text(request),
            Text(8 - 1),
        ];
        Assert.Equal([$"log: {string.Join(' ', expected)}"], proxy.Written);
    }

    [Fact]
    public void Ids_are_unique_for_each_use_and_the_same_in_every_run()
    {
        var proxy = Proxy("%UNIQUE_ID%");
        _ = proxy.Ask();
        _ = proxy.Ask();
        var again = Proxy("%UNIQUE_ID%");
        _ = again.Ask();

        Assert.Equal(2, proxy.Written.Distinct().Count());
        Assert.All(proxy.Written, static line => Assert.True(Guid.TryParseExact(line["log: ".Length..], "D", out _)));
        Assert.Equal(proxy.Written[0], again.Written[0]);
    }

    [Fact]
    public void A_log_says_that_the_request_is_over_a_header_does_not()
    {
        var type = new HeaderAddition(HeaderName.Of("x-type"), Snapshots.Format("%ACCESS_LOG_TYPE% %DURATION%"));
        var proxy = Proxy("%ACCESS_LOG_TYPE%", new RouteAction { Cluster = "svc" }, null, type);

        var exchange = proxy.Ask();

        Assert.Equal("NotSet 0", exchange.Sent("x-type"));
        Assert.Equal(["log: DownstreamEnd"], proxy.Written);
    }

    private static WorkerHarness Proxy(string format, RouteAction? action = null, ClusterSnapshot? cluster = null, HeaderAddition? header = null)
    {
        var route = Snapshots.Prefix("/", action ?? Snapshots.To("svc"));
        route = header is null ? route : route with { RequestHeaders = new HeaderMutations([], [header]) };
        return new WorkerHarness(
            Snapshots.Proxy(
                [Snapshots.Host("*", route)],
                [cluster ?? Snapshots.Cluster("svc", 1)],
                manager => manager with { AccessLogs = [Snapshots.Log(format)] }
            )
        );
    }

    /// <summary>Length of a head's lines as HTTP/1.1 has them, without the first and the empty one.</summary>
    private static int Lines(string head) =>
        head.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(static line => line.StartsWith(":authority", StringComparison.Ordinal) ? "host" + line[":authority".Length..] : line)
            .Where(static line => line[0] != ':')
            .Sum(static line => line.Length + 2);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
