namespace MeshSim.ProxyRuntime.Core.Tests;

public class AccessLogWriterTests
{
    [Fact]
    public void Each_log_that_takes_the_request_gets_its_own_line_in_the_order_of_the_configuration()
    {
        var proxy = Proxy(
            Snapshots.Log("%RESPONSE_CODE%\n", "b"),
            Snapshots.Log("failed\n", "errors", new StatusCodeFilter(new Comparison(ComparisonOp.GreaterOrEqual, 500, ""))),
            Snapshots.Log("%REQ(:PATH)%", "a")
        );

        _ = proxy.Ask("/one");
        _ = proxy.Ask("GET", "/two", [], 503);

        Assert.Equal(["b: 200\n", "a: /one", "b: 503\n", "errors: failed\n", "a: /two"], proxy.Written);
    }

    [Fact]
    public void The_last_of_64_logs_is_reached()
    {
        var proxy = Proxy([.. Enumerable.Range(0, 64).Select(static i => Snapshots.Log("x", $"{i}", i == 63 ? null : new OrFilter([])))]);

        _ = proxy.Ask();

        Assert.Equal(["63: x"], proxy.Written);
    }

    [Fact]
    public void Without_logs_nothing_is_written()
    {
        var proxy = Proxy();

        _ = proxy.Ask();

        Assert.Empty(proxy.Written);
    }

    private static WorkerHarness Proxy(params AccessLogSnapshot[] logs) => new(Snapshots.Proxy(change: manager => manager with { AccessLogs = [.. logs] }));
}
