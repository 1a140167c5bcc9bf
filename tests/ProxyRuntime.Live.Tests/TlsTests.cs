using System.Net.Security;
using System.Security.Authentication;
using static MeshSim.ProxyRuntime.Live.Tests.LiveHarness;

namespace MeshSim.ProxyRuntime.Live.Tests;

/// <summary>TLS over sockets, with .NET's own clients and servers at the other ends. What was recorded is replayed where a test stops the proxy.</summary>
public sealed class TlsTests : IDisposable
{
    private const string Get = "GET /a HTTP/1.1\r\nhost: up.test\r\n\r\n";
    private const string Ok = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";
    private const string Inspector =
        "listener_filters: [{name: t, typed_config: {\"@type\": t/envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector}}]";

    private readonly TestIdentity authority = TestIdentity.Authority("root");
    private readonly TestIdentity stranger = TestIdentity.Authority("stranger");
    private readonly TestIdentity server;
    private readonly TestIdentity client;
    private readonly TestIdentity upstream;
    private readonly Backend backend = new();

    public TlsTests()
    {
        server = authority.Issue("a.test");
        client = authority.Issue("client.test", "spiffe://mesh/client");
        upstream = authority.Issue("up.test");
    }

    public void Dispose()
    {
        foreach (var identity in (TestIdentity[])[authority, stranger, server, client, upstream])
        {
            identity.Dispose();
        }

        backend.Dispose();
    }

    [Fact]
    public async Task A_request_comes_in_and_goes_out_by_TLS()
    {
        await using var live = await StartAsync(
            [backend],
            chain: Downstream(Validation(authority), "require_client_certificate: true"),
            cluster: ", " + Upstream("sni: up.test"),
            facts: "%DOWNSTREAM_TLS_VERSION% %DOWNSTREAM_PEER_URI_SAN% %DOWNSTREAM_LOCAL_SUBJECT% %UPSTREAM_TLS_VERSION% %UPSTREAM_PEER_SUBJECT%"
        );
        using var caller = await live.ConnectAsync(Client("a.test", client));
        await caller.SendAsync(Get);
        using var host = await backend.AcceptAsync(Server());

        await host.ReadToAsync("\r\n\r\n");
        Assert.Equal("up.test", host.Tls!.TargetHostName);
        await host.SendAsync(Ok);
        await caller.ReadToAsync("\r\n\r\nok");
        await caller.SendAsync(Get);
        await host.ReadToAsync("\r\n\r\n");
        await host.SendAsync(Ok);
        await caller.ReadToAsync("\r\n\r\nok");

        Assert.Equal(1, await live.StatAsync("cluster.c0.ssl.handshake"));
        var line = "200 - 0 2 TLSv1.3 spiffe://mesh/client CN=a.test TLSv1.2 CN=up.test";
        Assert.Equal([line, line], await live.StopAsync());
    }

    /// <summary>Bodies that take many records both ways, while the client reads late.</summary>
    [Fact]
    public async Task Large_bodies_pass_whole()
    {
        const int Size = 3_000_000;
        await using var live = await StartAsync([backend], chain: Downstream(), cluster: ", " + Upstream("sni: up.test"));
        using var caller = await live.ConnectAsync(Client("a.test"));
        var body = string.Concat(Enumerable.Range(0, Size / 10).Select(static i => i.ToString("D10", System.Globalization.CultureInfo.InvariantCulture)));
        var sending = caller.SendAsync($"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: {Size}\r\n\r\n{body}");
        using var host = await backend.AcceptAsync(Server());

        await host.ReadToAsync("\r\n\r\n");
        Assert.Equal(body, await host.ReadAsync(Size));
        await sending;
        await host.SendAsync($"HTTP/1.1 200 OK\r\ncontent-length: {Size}\r\n\r\n{body}");
        await caller.ReadToAsync("\r\n\r\n");
        Assert.Equal(body, await caller.ReadAsync(Size));
        Assert.Equal([$"200 - {Size} {Size}"], await live.StopAsync());
    }

    [Theory]
    [InlineData(false, "fail_verify_no_cert")]
    [InlineData(true, "fail_verify_error")]
    public async Task A_client_without_a_good_certificate_gets_no_answer(bool shows, string counter)
    {
        await using var live = await StartAsync([backend], chain: Downstream(Validation(authority), "require_client_certificate: true"));
        using var foreign = stranger.Issue("client.test");

        Assert.Equal("", await TryAsync(live, Client("a.test", shows ? foreign : null)));
        Assert.Equal(1, await live.StatAsync($"listener.127.0.0.1_0.ssl.{counter}"));
        await live.StopAsync();
    }

    [Theory]
    [InlineData("spiffe://mesh/client", true)]
    [InlineData("spiffe://mesh/other", false)]
    public async Task Only_identities_that_are_wanted_come_in(string wanted, bool comesIn)
    {
        var names = $"match_typed_subject_alt_names: [{{san_type: URI, matcher: {{exact: \"{wanted}\"}}}}]";
        await using var live = await StartAsync([backend], route: "", chain: Downstream(Validation(authority, names), "require_client_certificate: true"));
        var asking = TryAsync(live, Client("a.test", client));
        if (comesIn)
        {
            using var host = await backend.AcceptAsync();
            await host.ReadToAsync("\r\n\r\n");
            await host.SendAsync(Ok);
        }

        Assert.Equal(comesIn, (await asking).Contains("200 OK", StringComparison.Ordinal));
        Assert.Equal(comesIn ? 0 : 1, await live.StatAsync("listener.127.0.0.1_0.ssl.fail_verify_san"));
        await live.StopAsync();
    }

    /// <summary>Sessions of TLS 1.3; those of 1.2 are not kept, for its cipher suites are chosen.</summary>
    [Theory]
    [InlineData(SslProtocols.Tls13, 1)]
    [InlineData(SslProtocols.Tls12, 0)]
    public async Task A_session_is_taken_up_again(SslProtocols version, int resumed)
    {
        await using var live = await StartAsync([backend], chain: Downstream());
        var options = Client("a.test");
        options.EnabledSslProtocols = version;
        using var first = await live.ConnectAsync(options);
        await first.SendAsync(Get);
        using var host = await backend.AcceptAsync();
        await host.ReadToAsync("\r\n\r\n");
        await host.SendAsync(Ok);
        await first.ReadToAsync("\r\n\r\nok"); // What the session is taken up with has come before it.

        using var second = await live.ConnectAsync(options);
        await second.SendAsync(Get);
        await host.ReadToAsync("\r\n\r\n");
        await host.SendAsync(Ok);
        await second.ReadToAsync("\r\n\r\nok");
        Assert.Equal(
            (2, resumed),
            (await live.StatAsync("listener.127.0.0.1_0.ssl.handshake"), await live.StatAsync("listener.127.0.0.1_0.ssl.session_reused"))
        );
        await live.StopAsync();
    }

    [Fact]
    public async Task Plain_text_on_a_TLS_port_is_an_error_and_no_more()
    {
        await using var live = await StartAsync([backend], chain: Downstream());
        using var caller = await live.ConnectAsync();
        await caller.SendAsync(Get);

        Assert.DoesNotContain("HTTP/1.1", await caller.ReadToEndAsync(), StringComparison.Ordinal);
        Assert.Equal(1, await live.StatAsync("listener.127.0.0.1_0.ssl.connection_error"));
        await live.StopAsync();
    }

    [Fact]
    public async Task Both_TLS_and_plain_text_come_in_where_an_inspector_tells_them_apart()
    {
        await using var live = await StartAsync(
            [backend],
            chain: Downstream() + "\n          filter_chain_match: {server_names: [a.test]}",
            listener: Inspector,
            facts: "%REQUESTED_SERVER_NAME%"
        );
        using var caller = await live.ConnectAsync(Client("a.test"));
        await caller.SendAsync(Get);
        using var host = await backend.AcceptAsync();
        await host.ReadToAsync("\r\n\r\n");
        await host.SendAsync(Ok);
        await caller.ReadToAsync("\r\n\r\nok");
        Assert.Equal("", await TryAsync(live, Client("b.test")));
        using var plain = await live.ConnectAsync();
        await plain.SendAsync(Get);
        Assert.Equal("", await plain.ReadToEndAsync());

        Assert.Equal(2, await live.StatAsync("listener.127.0.0.1_0.no_filter_chain_match"));
        Assert.Equal((2, 1), (await live.StatAsync("tls_inspector.tls_found"), await live.StatAsync("tls_inspector.tls_not_found")));
        Assert.Equal(["200 - 0 2 a.test"], await live.StopAsync());
    }

    [Theory]
    [InlineData("istio,http/1.1", "http/1.1")]
    [InlineData("h2", "")]
    public async Task A_protocol_is_agreed_on_if_there_is_one_in_common(string offered, string agreed)
    {
        await using var live = await StartAsync([backend], chain: Downstream("alpn_protocols: [h2, http/1.1]"));
        var options = Client("a.test");
        options.ApplicationProtocols = [.. offered.Split(',').Select(static name => new SslApplicationProtocol(name))];
        using var caller = await live.ConnectAsync(options);

        Assert.Equal(agreed, caller.Tls!.NegotiatedApplicationProtocol.ToString());
        await live.StopAsync();
    }

    [Fact]
    public async Task A_host_whose_certificate_is_not_trusted_is_none()
    {
        await using var live = await StartAsync([backend], cluster: ", " + Upstream("sni: up.test", stranger));
        using var caller = await live.ConnectAsync();
        await caller.SendAsync(Get);
        await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            using var host = await backend.AcceptAsync(Server());
            await host.ReadToAsync("\r\n\r\n");
        });

        Assert.StartsWith("HTTP/1.1 503 ", await caller.ReadToAsync("remote connection failure"), StringComparison.Ordinal);
        Assert.Equal(1, await live.StatAsync("cluster.c0.ssl.fail_verify_error"));
        Assert.Equal(["503 UF 0 98"], await live.StopAsync());
    }

    /// <summary>Steady requests over one connection on each side make no more garbage than in plain text.</summary>
    [Fact]
    public async Task Requests_after_the_handshake_allocate_as_little_as_without_TLS()
    {
        var plain = await AllocatedAsync("", "", null, null);
        var secured = await AllocatedAsync(Downstream(), ", " + Upstream("sni: up.test"), Client("a.test"), Server());

        Assert.True(secured <= plain + 16, $"{secured} bytes a request, {plain} without TLS");
    }

    /// <summary>Bytes that the loop's thread allocates for one request, once it is warm.</summary>
    private async Task<long> AllocatedAsync(string chain, string cluster, SslClientAuthenticationOptions? calling, SslServerAuthenticationOptions? answering)
    {
        const int Warm = 300;
        const int Counted = 1000;
        await using var live = await StartAsync([backend], chain: chain, cluster: cluster, records: false);
        using var caller = calling is null ? await live.ConnectAsync() : await live.ConnectAsync(calling);
        await caller.SendAsync(Get);
        using var host = answering is null ? await backend.AcceptAsync() : await backend.AcceptAsync(answering);
        await AnswerAsync(caller, host, Warm);
        var before = await live.AllocatedAsync();
        await AnswerAsync(caller, host, Counted);
        return (await live.AllocatedAsync() - before) / Counted;
    }

    private static async Task AnswerAsync(Peer caller, Peer host, int count)
    {
        for (var i = 0; i < count; i++)
        {
            await host.ReadToAsync("\r\n\r\n");
            await host.SendAsync(Ok);
            await caller.ReadToAsync("\r\n\r\nok");
            await caller.SendAsync(Get);
        }
    }

    /// <summary>What a client gets for a request; nothing if it is refused.</summary>
    private static async Task<string> TryAsync(LiveHarness live, SslClientAuthenticationOptions options)
    {
        try
        {
            using var caller = await live.ConnectAsync(options);
            await caller.SendAsync(Get.Replace("host: up.test", "host: x\r\nconnection: close", StringComparison.Ordinal));
            return await caller.ReadToEndAsync();
        }
        catch (Exception e) when (e is AuthenticationException or IOException)
        {
            return "";
        }
    }

    private SslClientAuthenticationOptions Client(string name, TestIdentity? shown = null) =>
        new()
        {
            TargetHost = name,
            RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate?.Issuer == authority.Certificate.Subject,
            ClientCertificateContext = shown is null ? null : SslStreamCertificateContext.Create(shown.Certificate, null, offline: true),
        };

    private SslServerAuthenticationOptions Server() =>
        new() { ServerCertificateContext = SslStreamCertificateContext.Create(upstream.Certificate, null, offline: true) };

    private static string Validation(TestIdentity trusted, string more = "") =>
        $"validation_context: {{trusted_ca: {{inline_string: {trusted.Pem}}}{(more.Length > 0 ? ", " + more : "")}}}";

    /// <param name="common">Further fields of common_tls_context.</param>
    /// <param name="more">Further fields of the context.</param>
    private string Downstream(string common = "", string more = "") =>
        Socket("DownstreamTlsContext", $"common_tls_context: {{tls_certificates: [{server.Entry}]{(common.Length > 0 ? ", " + common : "")}}}", more);

    private string Upstream(string more, TestIdentity? trusted = null) =>
        Socket("UpstreamTlsContext", $"common_tls_context: {{{Validation(trusted ?? authority)}}}", more);

    private static string Socket(string type, string common, string more) =>
        $"transport_socket: {{name: tls, typed_config: {{\"@type\": t/envoy.extensions.transport_sockets.tls.v3.{type}, {common}{(more.Length > 0 ? ", " + more : "")}}}}}";
}
