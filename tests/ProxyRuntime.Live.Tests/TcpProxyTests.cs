using System.Net.Security;
using static MeshSim.ProxyRuntime.Live.Tests.LiveHarness;

namespace MeshSim.ProxyRuntime.Live.Tests;

/// <summary>TCP proxies over sockets. What was recorded is replayed where a test stops the proxy.</summary>
public sealed class TcpProxyTests : IDisposable
{
    /// <summary>More than all buffers between two ends hold together: those of the kernel, and 1 MiB each way in the proxy.</summary>
    private const int Large = 48 * 1024 * 1024;

    private const string Inspector =
        "listener_filters: [{name: t, typed_config: {\"@type\": t/envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector}}]";

    private readonly TestIdentity authority = TestIdentity.Authority("root");
    private readonly TestIdentity server;
    private readonly Backend backend = new();

    public TcpProxyTests() => server = authority.Issue("up.test");

    public void Dispose()
    {
        authority.Dispose();
        server.Dispose();
        backend.Dispose();
    }

    [Fact]
    public async Task Bytes_pass_both_ways_however_they_are_cut()
    {
        await using var live = await StartAsync();
        using var client = await live.ConnectAsync();
        using var host = await backend.AcceptAsync();
        var random = new Random(11);
        var (sent, answered) = ("", "");
        for (var i = 0; i < 200; i++)
        {
            var (up, down) = (Noise(random, random.Next(1, 20_000)), Noise(random, random.Next(1, 300)));
            sent += up;
            answered += down;
            await Task.WhenAll(client.SendAsync(up), host.SendAsync(down));
        }

        Assert.Equal(sent, await host.ReadAsync(sent.Length));
        Assert.Equal(answered, await client.ReadAsync(answered.Length));
        client.EndSending();
        Assert.Equal("", await host.ReadToEndAsync());
        host.Dispose();
        Assert.Equal("", await client.ReadToEndAsync());
        await live.WaitForAsync("cluster.c0.upstream_cx_active", 0);
        Assert.Equal([$"- c0 {sent.Length} {answered.Length}"], await live.StopAsync());
    }

    /// <summary>Who has said all goes on hearing the other side.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task One_side_ends_and_the_other_goes_on(bool clientFirst)
    {
        await using var live = await StartAsync();
        using var client = await live.ConnectAsync();
        using var host = await backend.AcceptAsync();
        var (first, second) = clientFirst ? (client, host) : (host, client);

        await first.SendAsync("all I have to say");
        first.EndSending();
        Assert.Equal("all I have to say", await second.ReadToEndAsync());
        await second.SendAsync("late ");
        Assert.Equal("late ", await first.ReadAsync(5));
        Assert.Equal(1, await live.StatAsync("cluster.c0.upstream_cx_active"));
        await second.SendAsync("answer");
        second.EndSending();
        Assert.Equal("answer", await first.ReadToEndAsync());

        await live.WaitForAsync("cluster.c0.upstream_cx_active", 0);
        Assert.Equal([clientFirst ? "- c0 17 11" : "- c0 11 17"], await live.StopAsync());
    }

    /// <summary>Whoever does not read stops the other side; nothing piles up in the proxy, and nothing is lost.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Who_reads_slowly_holds_the_other_side_up(bool clientReads)
    {
        await using var live = await StartAsync(records: false);
        using var client = await live.ConnectAsync();
        using var host = await backend.AcceptAsync();
        var (reader, writer) = clientReads ? (client, host) : (host, client);
        var text = Noise(new Random(5), Large);
        var before = await live.AllocatedAsync();
        var sending = writer.SendAsync(text);
        await live.WaitForAsync(
            clientReads ? "cluster.c0.upstream_flow_control_paused_reading_total" : "tcp.t.downstream_flow_control_paused_reading_total",
            1
        );
        await Task.Delay(100);

        Assert.False(sending.IsCompleted);
        Assert.InRange(await live.AllocatedAsync() - before, 0, 16 * 1024 * 1024); // One queue of more than 1 MiB, which has grown step by step.
        Assert.Equal(text, await reader.ReadAsync(Large));
        await sending;
        await writer.SendAsync("end");
        writer.EndSending();
        Assert.Equal("end", await reader.ReadToEndAsync());
        reader.EndSending();
        await live.WaitForAsync("cluster.c0.upstream_cx_active", 0);
        var counted = clientReads ? "tcp.t.downstream_cx_tx_bytes_total" : "tcp.t.downstream_cx_rx_bytes_total";
        Assert.Equal(Large + 3, await live.StatAsync(counted));
    }

    [Fact]
    public async Task What_a_client_said_before_it_went_reaches_the_host()
    {
        await using var live = await StartAsync(records: false);
        using var client = await live.ConnectAsync();
        using var host = await backend.AcceptAsync();
        var text = Noise(new Random(3), 8 * 1024 * 1024);
        var reading = Task.Run(async () =>
        {
            await Task.Delay(50);
            return await host.ReadToEndAsync();
        });
        await client.SendAsync(text);
        client.Dispose();

        Assert.Equal(text, await reading);
    }

    [Fact]
    public async Task The_name_that_a_client_asks_for_chooses_the_host_and_its_TLS_goes_through_untouched()
    {
        await using var live = await StartAsync(chain: "filter_chain_match: {server_names: [up.test]}", listener: Inspector, facts: "%REQUESTED_SERVER_NAME%");
        var accepting = backend.AcceptAsync(
            new SslServerAuthenticationOptions { ServerCertificateContext = SslStreamCertificateContext.Create(server.Certificate, null, offline: true) }
        );
        using var client = await live.ConnectAsync(Calling("up.test"));
        using var host = await accepting;
        await client.SendAsync("hello");

        Assert.Equal("hello", await host.ReadAsync(5));
        Assert.Equal("up.test", host.Tls!.TargetHostName);
        await Assert.ThrowsAnyAsync<IOException>(async () => await live.ConnectAsync(Calling("no.test")));
        Assert.Equal(1, await live.StatAsync("listener.127.0.0.1_0.no_filter_chain_match"));
        client.Dispose();
        host.Dispose();
        await live.WaitForAsync("cluster.c0.upstream_cx_active", 0);
        Assert.EndsWith(" up.test", Assert.Single(await live.StopAsync()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task TLS_ends_at_the_proxy_and_begins_anew_behind_it()
    {
        var downstream = Socket("DownstreamTlsContext", $"{{tls_certificates: [{server.Entry}], alpn_protocols: [h2]}}");
        var upstream = Socket("UpstreamTlsContext", $"{{validation_context: {{trusted_ca: {{inline_string: {authority.Pem}}}}}}}, sni: up.test");
        await using var live = await StartAsync(chain: downstream, cluster: ", " + upstream, facts: "%DOWNSTREAM_TLS_VERSION% %UPSTREAM_TLS_VERSION%");
        var accepting = backend.AcceptAsync(
            new SslServerAuthenticationOptions { ServerCertificateContext = SslStreamCertificateContext.Create(server.Certificate, null, offline: true) }
        );
        using var client = await live.ConnectAsync(Calling("up.test"));
        var text = Noise(new Random(9), 3_000_000);
        var sending = client.SendAsync(text);
        using var host = await accepting;

        Assert.Equal(text, await host.ReadAsync(text.Length));
        Assert.Equal(SslApplicationProtocol.Http2, client.Tls!.NegotiatedApplicationProtocol); // Whoever speaks it is behind the proxy.
        Assert.Equal("", host.Tls!.NegotiatedApplicationProtocol.ToString());
        await sending;
        await host.SendAsync("bye");
        await host.Tls.ShutdownAsync();
        Assert.Equal("bye", await client.ReadToEndAsync());
        client.Dispose();
        await live.WaitForAsync("cluster.c0.upstream_cx_active", 0);
        Assert.Equal([$"- c0 {text.Length} 3 TLSv1.3 TLSv1.2"], await live.StopAsync());
    }

    [Fact]
    public async Task A_host_that_refuses_is_tried_as_often_as_allowed()
    {
        var gone = new Backend();
        await using var live = await StartAsync([gone], "max_connect_attempts: 3, cluster: c0");
        gone.Dispose();
        using var client = await live.ConnectAsync();

        Assert.Equal("", await client.ReadToEndAsync());
        await live.WaitForAsync("listener.127.0.0.1_0.downstream_cx_destroy", 1);
        Assert.Equal(3, await live.StatAsync("cluster.c0.upstream_cx_connect_fail"));
        Assert.Equal(1, await live.StatAsync("cluster.c0.upstream_cx_connect_attempts_exceeded"));
        Assert.Equal(["UF,URX c0 0 0"], await live.StopAsync());
    }

    [Fact]
    public async Task A_connection_on_which_nothing_passes_is_closed()
    {
        await using var live = await StartAsync([backend], "idle_timeout: 1s, cluster: c0");
        using var client = await live.ConnectAsync();
        using var host = await backend.AcceptAsync();
        await client.SendAsync("a");

        Assert.Equal("a", await host.ReadToEndAsync());
        Assert.Equal("", await client.ReadToEndAsync());
        await live.WaitForAsync("cluster.c0.upstream_cx_active", 0);
        Assert.Equal(1, await live.StatAsync("tcp.t.idle_timeout"));
        Assert.Equal(["- c0 1 0"], await live.StopAsync());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Who_breaks_off_takes_the_other_side_along(bool client)
    {
        await using var live = await StartAsync();
        using var caller = await live.ConnectAsync();
        using var host = await backend.AcceptAsync();
        await caller.SendAsync("a");
        await host.ReadAsync(1);
        (client ? caller : host).Reset();

        Assert.Equal("", await (client ? host : caller).ReadToEndAsync());
        await live.WaitForAsync("cluster.c0.upstream_cx_active", 0);
        await live.WaitForAsync("listener.127.0.0.1_0.downstream_cx_active", 0);
        Assert.Equal(["- c0 1 0"], await live.StopAsync());
    }

    [Fact]
    public async Task What_is_left_when_the_drain_is_over_is_closed_and_logged()
    {
        await using var live = await StartAsync([backend], "cluster: c0", drainTime: TimeSpan.FromSeconds(1));
        using var client = await live.ConnectAsync();
        using var host = await backend.AcceptAsync();
        var draining = live.DrainAsync();
        await client.SendAsync("still there");
        Assert.Equal("still there", await host.ReadAsync(11));

        Assert.Equal("", await client.ReadToEndAsync());
        await draining;
        Assert.Equal(["- c0 11 0"], await live.StopAsync());
    }

    private SslClientAuthenticationOptions Calling(string name) =>
        new()
        {
            TargetHost = name,
            ApplicationProtocols = [SslApplicationProtocol.Http2],
            RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate?.Issuer == authority.Certificate.Subject,
        };

    private static string Socket(string type, string common) =>
        $"transport_socket: {{name: tls, typed_config: {{\"@type\": t/envoy.extensions.transport_sockets.tls.v3.{type}, common_tls_context: {common}}}}}";

    private static string Noise(Random random, int length) =>
        string.Create(
            length,
            random,
            static (chars, random) =>
            {
                foreach (ref var c in chars)
                {
                    c = (char)random.Next(256);
                }
            }
        );

    private Task<LiveHarness> StartAsync(string chain = "", string listener = "", string facts = "", string cluster = "", bool records = true) =>
        LiveHarness.StartAsync([backend], tcp: "cluster: c0", chain: chain, listener: listener, facts: facts, cluster: cluster, records: records);

    private static Task<LiveHarness> StartAsync(Backend[] backends, string tcp, TimeSpan? drainTime = null) =>
        LiveHarness.StartAsync(backends, tcp: tcp.Replace(", ", "\n                ", StringComparison.Ordinal), drainTime: drainTime);
}
