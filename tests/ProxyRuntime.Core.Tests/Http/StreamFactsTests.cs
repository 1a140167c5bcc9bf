namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>Moments and bytes of whole exchanges, as the access log tells them.</summary>
public class StreamFactsTests
{
    private const string Request = "POST /p HTTP/1.1\r\nhost: svc.local\r\ntransfer-encoding: chunked\r\n\r\n";
    private const string RequestBody = "5\r\n12345\r\n0\r\nx-sum: 7\r\n\r\n";

    [Fact]
    public void Durations_run_from_the_first_byte_to_what_they_are_named_after()
    {
        var proxy = Exchange(
            "%DURATION% %REQUEST_DURATION% %REQUEST_TX_DURATION% %RESPONSE_DURATION% %RESPONSE_TX_DURATION% %UPSTREAM_CONNECTION_POOL_READY_DURATION% "
                + "%COMMON_DURATION(DS_RX_BEG:DS_RX_END:ms)% %COMMON_DURATION(DS_RX_BEG:US_TX_BEG:ms)% %COMMON_DURATION(DS_RX_BEG:US_TX_END:ms)% "
                + "%COMMON_DURATION(DS_RX_BEG:US_RX_BEG:ms)% %COMMON_DURATION(DS_RX_BEG:US_RX_END:ms)% %COMMON_DURATION(DS_RX_BEG:DS_TX_BEG:ms)% "
                + "%COMMON_DURATION(DS_RX_BEG:DS_TX_END:ms)%"
        );

        Assert.Equal(["log: 21 6 6 10 11 1 6 1 6 10 21 10 21"], proxy.Written);
    }

    [Fact]
    public void Bytes_of_the_client_are_those_of_both_messages_as_they_stand_on_the_wire()
    {
        var proxy = Exchange("%BYTES_RECEIVED% %BYTES_SENT% %DOWNSTREAM_WIRE_BYTES_RECEIVED% %DOWNSTREAM_HEADER_BYTES_RECEIVED% %DOWNSTREAM_WIRE_BYTES_SENT%");
        var response = "HTTP/1.1 201 Created\r\n" + proxy.ResponseHead.Split('\n', 2)[1].Replace("\n", "\r\n", StringComparison.Ordinal);
        var received = $"{Request}{RequestBody}".Length;

        Assert.Equal(
            [
                $"log: 5 11 {received} {"host:svc.local\r\ntransfer-encoding:chunked\r\nx-sum:7\r\n".Length} {$"{response}transfer-encoding: chunked\r\n\r\nb\r\n12345678901\r\n0\r\n\r\n".Length}",
            ],
            proxy.Written
        );
    }

    [Fact]
    public void Bytes_of_the_host_are_those_of_both_messages_as_they_stand_on_the_wire()
    {
        var proxy = Exchange("%UPSTREAM_WIRE_BYTES_SENT% %UPSTREAM_WIRE_BYTES_RECEIVED% %UPSTREAM_HEADER_BYTES_RECEIVED%");
        var lines = proxy.RequestHead.Split('\n').Where(static line => line.Length > 0 && line[0] != ':').Select(static line => line + "\r\n");
        var sent = $"POST /p HTTP/1.1\r\nhost: svc.local\r\n{string.Concat(lines)}transfer-encoding: chunked\r\n\r\n5\r\n12345\r\n0\r\n\r\n";

        Assert.Equal(
            [
                $"log: {sent.Length} {"HTTP/1.1 201 Created\r\ntransfer-encoding: chunked\r\n\r\nb\r\n12345678901\r\n0\r\nx-end: 1\r\n\r\n".Length} {"transfer-encoding:chunked\r\nx-end:1\r\n".Length}",
            ],
            proxy.Written
        );
    }

    /// <summary>A chunked POST with trailers and a chunked answer with trailers; something happens after 1, 2, 3, 4, 5 and 6 ms.</summary>
    private static WorkerHarness Exchange(string format)
    {
        var proxy = new WorkerHarness(Snapshots.Proxy(change: manager => manager with { AccessLogs = [Snapshots.Log(format)] }));
        _ = proxy.Request("POST", "/p", endStream: false, ("transfer-encoding", "chunked"));
        _ = proxy.Wait(1);
        _ = proxy.Connected(1);
        _ = proxy.Wait(2);
        _ = proxy.Body(5, endStream: false);
        _ = proxy.Wait(3);
        _ = proxy.Trailers(("x-sum", "7"));
        _ = proxy.Wait(4);
        _ = proxy.Answer(1, 201, endStream: false, ("transfer-encoding", "chunked"));
        _ = proxy.Wait(5);
        _ = proxy.AnswerBody(1, 11, endStream: false);
        _ = proxy.Wait(6);
        _ = proxy.AnswerTrailers(1, ("x-end", "1"));
        return proxy;
    }
}
