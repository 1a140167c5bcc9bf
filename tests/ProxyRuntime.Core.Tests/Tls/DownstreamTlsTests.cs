namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>Connections whose TLS ends at the proxy, and listeners that look at what comes first.</summary>
public class DownstreamTlsTests
{
    private static readonly ConnectionId Id = new(9);

    private static readonly CertificateInfo Client = new()
    {
        Subject = "CN=client one,O=clients",
        Fingerprint256 = "f1",
        UriSans = ["spiffe://mesh/client"],
        DnsSans = ["client.test"],
        Pem = "PEM",
        ChainPem = "CHAIN",
    };

    private static readonly TlsInfo Agreed = new()
    {
        Version = "TLSv1.3",
        Cipher = "TLS_AES_128_GCM_SHA256",
        Local = new CertificateInfo { UriSans = ["spiffe://mesh/proxy"] },
        Peer = Client,
    };

    [Fact]
    public void A_connection_of_a_chain_with_TLS_waits_for_its_handshake()
    {
        var proxy = new WorkerHarness(Secured());

        Assert.Contains("UseFilterChain", Assert.Single(proxy.Connect(Id, Snapshots.Connection("secured"))), StringComparison.Ordinal);
        Assert.Empty(Handshake(proxy, new TlsHandshake(TlsOutcome.Done, PeerVerdict.Validated, Agreed)));

        Assert.Equal(
            (1, 0, 1, 1, 1),
            (
                proxy.Stat("listener.secured.ssl.handshake"),
                proxy.Stat("listener.secured.ssl.no_certificate"),
                proxy.Stat("listener.secured.ssl.versions.TLSv1.3"),
                proxy.Stat("listener.secured.ssl.ciphers.TLS_AES_128_GCM_SHA256"),
                proxy.Stat("http.ingress.downstream_cx_ssl_total")
            )
        );
    }

    [Theory]
    [InlineData(PeerVerdict.NoCertificate, "fail_verify_no_cert")]
    [InlineData(PeerVerdict.Untrusted, "fail_verify_error")]
    [InlineData(PeerVerdict.NameMismatch, "fail_verify_san")]
    [InlineData(PeerVerdict.HashMismatch, "fail_verify_cert_hash")]
    [InlineData(PeerVerdict.NotValidated, "connection_error")]
    public void A_handshake_that_failed_closes_and_is_counted(PeerVerdict verdict, string counter)
    {
        var proxy = new WorkerHarness(Secured());
        proxy.Connect(Id, Snapshots.Connection("secured"));

        var effects = Handshake(proxy, verdict == PeerVerdict.NotValidated ? TlsHandshake.ProtocolError : TlsHandshake.Refused(verdict));

        Assert.StartsWith("close downstream", Assert.Single(effects), StringComparison.Ordinal);
        Assert.Equal(1, proxy.Stat($"listener.secured.ssl.{counter}"));
        Assert.Equal(0, proxy.Stat("listener.secured.ssl.handshake"));
    }

    [Fact]
    public void A_client_that_leaves_during_the_handshake_is_no_error()
    {
        var proxy = new WorkerHarness(Secured());
        proxy.Connect(Id, Snapshots.Connection("secured"));

        Handshake(proxy, TlsHandshake.Abandoned);

        Assert.Equal(0, proxy.Stat("listener.secured.ssl.connection_error"));
    }

    [Fact]
    public void A_handshake_may_take_as_long_as_transport_socket_connect_timeout_says()
    {
        var proxy = new WorkerHarness(Secured(chain => chain with { TransportSocketConnectTimeoutNs = 700 * Snapshots.Millisecond }));
        proxy.Connect(Id, Snapshots.Connection("secured"));

        Assert.Empty(proxy.Wait(699));
        Assert.StartsWith("close downstream", Assert.Single(proxy.Wait(1)), StringComparison.Ordinal);
        Assert.Equal(1, proxy.Stat("listener.secured.downstream_cx_transport_socket_connect_timeout"));
    }

    [Fact]
    public void After_the_handshake_its_time_is_over()
    {
        var proxy = new WorkerHarness(Secured(chain => chain with { TransportSocketConnectTimeoutNs = 700 * Snapshots.Millisecond }));
        proxy.Connect(Id, Snapshots.Connection("secured"));
        Handshake(proxy, new TlsHandshake(TlsOutcome.Done, PeerVerdict.NotValidated, Agreed));

        Assert.Empty(proxy.Wait(2_000));
    }

    [Fact]
    public void A_connection_that_no_chain_is_for_is_closed_and_counted()
    {
        var proxy = new WorkerHarness(Secured(static chain => chain with { Match = new FilterChainMatch { ServerNames = ["a.test"] } }, inspects: true));

        var effects = proxy.Connect(Id, Snapshots.Connection("secured") with { TransportProtocol = "tls", RequestedServerName = "b.test" });

        Assert.StartsWith("close downstream", Assert.Single(effects), StringComparison.Ordinal);
        Assert.Equal(1, proxy.Stat("listener.secured.no_filter_chain_match"));
        Assert.Equal(0, proxy.Stat("listener.secured.downstream_cx_total"));
    }

    [Theory]
    [InlineData(false, "close downstream")]
    [InlineData(true, "EndInspection")]
    public void Who_says_nothing_is_not_waited_for_longer_than_listener_filters_timeout(bool goesOn, string effect)
    {
        var proxy = new WorkerHarness(Secured(inspects: true, listener: listener => listener with { ContinueOnListenerFiltersTimeout = goesOn }));
        Assert.Empty(proxy.Run(buffer => proxy.Worker.DownstreamAccepted(proxy.Now, Id, "secured", buffer)));
        Assert.Equal(1, proxy.Stat("listener.secured.downstream_pre_cx_active"));

        Assert.Empty(proxy.Wait(14_999));
        Assert.StartsWith(effect, Assert.Single(proxy.Wait(1)), StringComparison.Ordinal);
        Assert.Equal(1, proxy.Stat("listener.secured.downstream_pre_cx_timeout"));
    }

    [Fact]
    public void What_an_inspector_finds_is_counted()
    {
        var proxy = new WorkerHarness(Secured(inspects: true));
        proxy.Run(buffer => proxy.Worker.DownstreamAccepted(proxy.Now, Id, "secured", buffer));
        proxy.Connect(Id, Snapshots.Connection("secured") with { TransportProtocol = "tls", RequestedServerName = "a.test" });
        var other = new ConnectionId(10);
        proxy.Run(buffer => proxy.Worker.DownstreamAccepted(proxy.Now, other, "secured", buffer));
        var closed = proxy.Run(buffer => proxy.Worker.InspectionFailed(proxy.Now, other, ClientHelloState.TooLarge, buffer));
        var third = new ConnectionId(11);
        proxy.Run(buffer => proxy.Worker.DownstreamAccepted(proxy.Now, third, "secured", buffer));
        proxy.Run(buffer => proxy.Worker.DownstreamClosed(proxy.Now, third, buffer));

        Assert.StartsWith("close downstream", Assert.Single(closed), StringComparison.Ordinal);
        Assert.Equal(
            (1, 1, 1, 0, 1, 1, 0),
            (
                proxy.Stat("tls_inspector.tls_found"),
                proxy.Stat("tls_inspector.sni_found"),
                proxy.Stat("tls_inspector.alpn_not_found"),
                proxy.Stat("tls_inspector.tls_not_found"),
                proxy.Stat("tls_inspector.client_hello_too_large"),
                proxy.Stat("listener.secured.downstream_listener_filter_remote_close"),
                proxy.Stat("listener.secured.downstream_pre_cx_active")
            )
        );
    }

    [Theory]
    [InlineData(ForwardClientCert.Sanitize, "By=x", null)]
    [InlineData(ForwardClientCert.ForwardOnly, "By=x", "By=x")]
    [InlineData(ForwardClientCert.SanitizeSet, "By=x", Element)]
    [InlineData(ForwardClientCert.AppendForward, "By=x", "By=x," + Element)]
    [InlineData(ForwardClientCert.AppendForward, null, Element)]
    [InlineData(ForwardClientCert.AlwaysForwardOnly, "By=x", "By=x")]
    public void The_host_is_told_of_the_clients_certificate(ForwardClientCert mode, string? came, string? sent)
    {
        var details = new ClientCertDetails(Subject: true, Cert: true, Chain: true, Dns: true, Uri: true);
        var proxy = new WorkerHarness(Secured(manager: manager => manager with { ForwardClientCert = mode, ClientCertDetails = details }));
        proxy.Connect(Id, Snapshots.Connection("secured"));
        Handshake(proxy, new TlsHandshake(TlsOutcome.Done, PeerVerdict.Validated, Agreed));
        (string, string)[] headers = came is null ? [] : [("x-forwarded-client-cert", came)];
        proxy.RequestOn(Id, "GET", "/", endStream: true, headers);
        proxy.Connected(1);

        Assert.Contains("x-forwarded-proto: https", proxy.RequestHead, StringComparison.Ordinal);
        var line = proxy.RequestHead.Split('\n').FirstOrDefault(static line => line.StartsWith("x-forwarded-client-cert: ", StringComparison.Ordinal));
        Assert.Equal(sent, line?.TrimEnd('\r')["x-forwarded-client-cert: ".Length..]);
    }

    private const string Element =
        "By=spiffe://mesh/proxy;Hash=f1;Cert=\"PEM\";Chain=\"CHAIN\";Subject=\"CN=client one,O=clients\";URI=spiffe://mesh/client;DNS=client.test";

    private static string[] Handshake(WorkerHarness proxy, TlsHandshake handshake) =>
        proxy.Run(buffer => proxy.Worker.DownstreamHandshake(proxy.Now, Id, handshake, buffer));

    private static ProxySnapshot Secured(
        Func<FilterChainSnapshot, FilterChainSnapshot>? chain = null,
        bool inspects = false,
        Func<ListenerSnapshot, ListenerSnapshot>? listener = null,
        Func<HttpConnectionManagerSnapshot, HttpConnectionManagerSnapshot>? manager = null
    )
    {
        var snapshot = Snapshots.Proxy(change: manager);
        var plain = snapshot.Listeners[0];
        var secured = plain.FilterChains[0] with { Tls = new DownstreamTlsSnapshot { Common = new TlsContextSnapshot() } };
        var changed = plain with
        {
            Name = "secured",
            StatPrefix = "secured",
            FilterChains = [chain is null ? secured : chain(secured)],
            TlsInspector = inspects ? new TlsInspectorSnapshot() : null,
        };

        // The harness has a connection of its own on the first listener, in plain text.
        return snapshot with
        {
            Listeners = [plain, listener is null ? changed : listener(changed)],
        };
    }
}
