using System.Text;

namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>What others who build Envoy anew often get wrong about answers of the proxy's own, each point by a whole request.</summary>
public class LocalReplySemanticsTests
{
    private const long Ms = MonotonicTime.NanosecondsPerMillisecond;

    [Theory]
    [InlineData("stream_idle_timeout", "stream timeout", "SI stream_idle_timeout")]
    [InlineData("max_stream_duration", "downstream duration timeout", " max_duration_timeout")]
    [InlineData("max_stream_duration of the cluster", "upstream max stream duration reached", "UMSDR upstream_max_stream_duration_reached")]
    public void A_timeout_is_504_once_the_request_was_received_and_408_before(string timeout, string body, string log)
    {
        foreach (var (complete, status) in ((bool, int)[])[(true, 504), (false, 408)])
        {
            var proxy = Proxy(timeout);
            proxy.Request("POST", "/", endStream: complete);
            proxy.Connected(1);
            Assert.Empty(proxy.Wait(99));

            Assert.Contains($"reply {status} '{body}'", proxy.Wait(1));
            Assert.Equal($"{status} {log} attempts=1", proxy.LastLog);
            Assert.Equal(!complete, proxy.ResponseHead.Contains("connection: close\n", StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData(400, 13)]
    [InlineData(401, 16)]
    [InlineData(403, 7)]
    [InlineData(404, 12)]
    [InlineData(429, 14)]
    [InlineData(502, 14)]
    [InlineData(503, 14)]
    [InlineData(504, 14)]
    [InlineData(500, 2)]
    [InlineData(418, 2)]
    public void A_gRPC_request_gets_200_without_a_body_and_a_status_that_stands_for_the_other(int status, int grpcStatus)
    {
        var action = new DirectResponseAction(status, Encoding.UTF8.GetBytes("50% ~é"));
        var proxy = new WorkerHarness(Snapshots.Proxy([Snapshots.Host("*", Snapshots.Prefix("/", action))], []));
        var exchange = proxy.Ask("/", ("content-type", "application/grpc+proto"));

        Assert.Equal("reply 200 ''", exchange.Lines[0]);
        Assert.Equal("application/grpc", exchange.Got("content-type"));
        Assert.Equal($"{grpcStatus}", exchange.Got("grpc-status"));
        Assert.Equal("50%25 %7E%C3%A9", exchange.Got("grpc-message"));
        Assert.Null(exchange.Got("content-length"));
        Assert.Equal(200, exchange.Log.Code);
    }

    private static WorkerHarness Proxy(string timeout) =>
        new(
            timeout switch
            {
                "stream_idle_timeout" => Snapshots.Proxy(change: static manager => manager with { StreamIdleTimeoutNs = 100 * Ms }),
                "max_stream_duration" => Snapshots.Proxy(change: static manager => manager with { MaxStreamDurationNs = 100 * Ms }),
                _ => Snapshots.Proxy(cluster: Snapshots.Cluster("svc", 1) with { MaxStreamDurationNs = 100 * Ms }),
            }
        );
}
