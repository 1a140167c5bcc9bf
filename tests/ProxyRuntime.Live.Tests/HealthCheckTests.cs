using static MeshSim.ProxyRuntime.Live.Tests.LiveHarness;

namespace MeshSim.ProxyRuntime.Live.Tests;

/// <summary>Health checks over sockets. Every test ends with the replay of what was recorded, checks included.</summary>
public sealed class HealthCheckTests : IDisposable
{
    private const string Check = "GET /healthz HTTP/1.1\r\nhost: c0\r\nuser-agent: Envoy/HC\r\n\r\n";
    private const string Get = "GET /a HTTP/1.1\r\nhost: x\r\n\r\n";
    private const string Ok = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";
    private const string Unavailable = "HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n";

    private readonly Backend backend = new();

    public void Dispose() => backend.Dispose();

    /// <summary>Checks come one after the other on one connection, whoever counts; that the next one has come shows that the last one counts.</summary>
    [Fact]
    public async Task However_many_workers_a_host_is_checked_once_an_interval_and_gets_requests_only_while_it_passes()
    {
        var starting = StartAsync([backend], cluster: Checks("http_health_check: {path: /healthz}"), concurrency: 4);
        using var checks = await backend.AcceptAsync();
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(Check, await checks.ReadToAsync("\r\n\r\n"));
            await checks.SendAsync(Ok);
        }

        await using var live = await starting;
        Assert.False(backend.HasPending, "another connection has come");
        using var client = await live.ConnectAsync();
        await client.SendAsync(Get);
        using var upstream = await backend.AcceptAsync();
        await upstream.ReadToAsync("\r\n\r\n");
        await upstream.SendAsync(Ok);
        await client.ReadToAsync("\r\n\r\nok");

        await checks.ReadToAsync("\r\n\r\n");
        await checks.SendAsync(Unavailable);
        Assert.Equal("", await upstream.ReadToEndAsync()); // Whoever is connected lets go.
        await checks.ReadToAsync("\r\n\r\n");
        await client.SendAsync(Get);
        Assert.EndsWith("no healthy upstream", await client.ReadToAsync("no healthy upstream"), StringComparison.Ordinal);

        await checks.SendAsync(Ok);
        await checks.ReadToAsync("\r\n\r\n");
        await client.SendAsync(Get);
        using var again = await backend.AcceptAsync();
        await again.ReadToAsync("\r\n\r\n");
        await again.SendAsync(Ok);
        await client.ReadToAsync("\r\n\r\nok");

        Assert.Equal(["200 - 0 2", "503 UH 0 19", "200 - 0 2"], await live.StopAsync());
        Assert.Equal(
            [
                "\"add_healthy_event\":{\"first_check\":true}",
                "\"eject_unhealthy_event\":{\"failure_type\":\"ACTIVE\"}",
                "\"add_healthy_event\":{\"first_check\":false}",
            ],
            live.Events()
                .Select(static line =>
                    line[line.IndexOf("\"cluster_name\"", StringComparison.Ordinal)..line.IndexOf(",\"timestamp\"", StringComparison.Ordinal)].Split(',', 2)[1]
                )
        );
    }

    [Fact]
    public async Task A_connection_that_its_peer_closes_is_made_anew()
    {
        var starting = StartAsync([backend], cluster: Checks("http_health_check: {path: /healthz}"));
        using (var first = await backend.AcceptAsync())
        {
            await first.ReadToAsync("\r\n\r\n");
            await first.SendAsync("HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n");
        }

        await using var live = await starting;
        using var second = await backend.AcceptAsync();
        Assert.Equal(Check, await second.ReadToAsync("\r\n\r\n"));
        await second.SendAsync(Ok);
        Assert.Equal(Check, await second.ReadToAsync("\r\n\r\n"));
        await live.StopAsync();
        Assert.Contains("add_healthy_event", Assert.Single(live.Events()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bytes_are_exchanged_where_no_HTTP_is_spoken()
    {
        var starting = StartAsync([backend], cluster: Checks("tcp_health_check: {send: {text: 50494E47}, receive: [{text: 504F}, {text: 4E47}]}"));
        using var checks = await backend.AcceptAsync();
        Assert.Equal("PING", await checks.ReadAsync(4));
        await checks.SendAsync("PO");
        await checks.SendAsync("NG");

        await using var live = await starting;
        Assert.Equal("PING", await checks.ReadAsync(4));
        await live.StopAsync();
    }

    [Fact]
    public async Task A_port_that_refuses_is_unhealthy()
    {
        backend.Dispose();
        await using var live = await StartAsync([backend], cluster: Checks("tcp_health_check: {}"));
        using var client = await live.ConnectAsync();
        await client.SendAsync(Get);

        await client.ReadToAsync("no healthy upstream");
        Assert.Equal(["503 UH 0 19"], await live.StopAsync());
        Assert.Contains("\"failure_type\":\"NETWORK\",\"first_check\":true", live.Events()[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Checks_over_HTTP_2_are_refused_with_their_place()
    {
        var refused = await Assert.ThrowsAsync<LiveProxyStartException>(() =>
            StartAsync([backend], cluster: Checks("http_health_check: {path: /, codec_client_type: HTTP2}"))
        );

        Assert.StartsWith(
            "cluster 'c0', health_checks: HTTP health checking over HTTP/2 is not carried over connections yet",
            refused.Message,
            StringComparison.Ordinal
        );
    }

    /// <summary>Checks every tenth of a second; one result is enough; nothing is held back and there is no panic.</summary>
    private static string Checks(string kind) =>
        ", common_lb_config: {healthy_panic_threshold: {value: 0}, update_merge_window: 0s}, health_checks: [{timeout: 5s, interval: 0.1s, no_traffic_interval: 0.1s, "
        + $"unhealthy_threshold: 1, healthy_threshold: 1, event_log_path: <EVENTS>, {kind}}}]";
}
