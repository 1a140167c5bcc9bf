namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>Connections to hosts by TLS: which context, which name, and what a handshake that fails means.</summary>
public class UpstreamTlsTests
{
    private static readonly UpstreamTlsSnapshot Context = new() { Common = new TlsContextSnapshot(), Sni = "up.test" };

    [Fact]
    public void A_connection_is_there_when_its_handshake_is_done()
    {
        var (proxy, opened) = Start(Snapshots.Cluster("svc", 1) with { Tls = Context });
        proxy.Get();

        Assert.Equal("up.test", Assert.Single(opened)!.ServerName);
        Handshake(proxy, 1, new TlsHandshake(TlsOutcome.Done, PeerVerdict.NotValidated, new TlsInfo { Version = "TLSv1.2", Peer = new CertificateInfo() }));
        Assert.Contains(proxy.Connected(1), static line => line.StartsWith("start A1 on U1", StringComparison.Ordinal));
        Assert.Equal((1, 0), (proxy.Stat("cluster.svc.ssl.handshake"), proxy.Stat("cluster.svc.ssl.no_certificate")));
    }

    [Fact]
    public void A_host_that_is_refused_has_not_connected()
    {
        var (proxy, _) = Start(Snapshots.Cluster("svc", 1) with { Tls = Context });
        proxy.Get();
        Handshake(proxy, 1, TlsHandshake.Refused(PeerVerdict.NameMismatch));

        var effects = proxy.FailConnect(1, ConnectOutcome.RemoteFailure, "");

        Assert.Contains(effects, static line => line.StartsWith("reply 503", StringComparison.Ordinal));
        Assert.Equal((1, 1), (proxy.Stat("cluster.svc.ssl.fail_verify_san"), proxy.Stat("cluster.svc.upstream_cx_connect_fail")));
    }

    [Fact]
    public void Without_TLS_a_connection_says_nothing_of_it()
    {
        var (proxy, opened) = Start(Snapshots.Cluster("svc", 1));
        proxy.Get();

        Assert.Null(Assert.Single(opened));
    }

    [Fact]
    public void The_first_match_for_a_hosts_metadata_counts()
    {
        var matching = Metadata(TransportSocketMatch.Namespace, ("mode", "tls"));
        var cluster = Snapshots.Cluster("svc", 2);
        var (proxy, opened) = Start(
            cluster with
            {
                Endpoints = [cluster.Endpoints[0] with { Metadata = matching }, cluster.Endpoints[1]],
                Tls = Context,
                TransportSocketMatches =
                [
                    new TransportSocketMatch("other", Struct(("mode", "other")), null),
                    new TransportSocketMatch("tls", Struct(("mode", "tls")), Context with { Sni = "match.test" }),
                    new TransportSocketMatch("plain", Struct(), null),
                ],
            }
        );
        proxy.Get();
        proxy.Get();

        Assert.Equal([null, "match.test"], opened.Select(static transport => transport?.ServerName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Requests_for_different_names_share_no_connection()
    {
        var (proxy, opened) = Start(Snapshots.Cluster("svc", 1) with { Tls = Context, AutoSni = true, AutoSanValidation = true });
        foreach (var host in (string[])["a.test:80", "b.test", "a.test", "10.0.0.1"])
        {
            var effects = proxy.Get("/", (":authority", host));
            Assert.Equal(host != "a.test", effects.Any(static line => line.StartsWith("open", StringComparison.Ordinal)));
            if (host != "a.test")
            {
                proxy.Connected(opened.Count);
            }

            proxy.Answer(Attempts(proxy), 200);
        }

        Assert.Equal(["a.test", "b.test", "up.test"], opened.Select(static transport => transport!.ServerName));
        Assert.Equal(["a.test", "b.test", "10.0.0.1"], opened.Select(static transport => transport!.Options!.SubjectAltName));
    }

    [Theory]
    [InlineData("", "up.test")]
    [InlineData("host.test", "host.test")]
    public void With_auto_host_sni_the_endpoints_hostname_is_sent(string hostname, string sent)
    {
        var cluster = Snapshots.Cluster("svc", 1);
        var (proxy, opened) = Start(
            cluster with
            {
                Endpoints = [cluster.Endpoints[0] with { Hostname = hostname }],
                Tls = Context with { AutoHostSni = true },
            }
        );
        proxy.Get();

        Assert.Equal(sent, Assert.Single(opened)!.ServerName);
    }

    private static long Attempts(WorkerHarness proxy) => proxy.Stat("cluster.svc.upstream_rq_total");

    private static (WorkerHarness Proxy, List<UpstreamTransport?> Opened) Start(ClusterSnapshot cluster)
    {
        List<UpstreamTransport?> opened = [];
        var proxy = new WorkerHarness(Snapshots.Proxy(cluster: cluster))
        {
            Watch = effect =>
            {
                if (effect.Kind == EffectKind.OpenConnection)
                {
                    opened.Add(effect.Transport);
                }
            },
        };
        return (proxy, opened);
    }

    private static void Handshake(WorkerHarness proxy, long connection, TlsHandshake handshake) =>
        proxy.Run(buffer => proxy.Worker.UpstreamHandshake(proxy.Now, new UpstreamConnectionId(connection), handshake, buffer));

    private static MetadataMap Metadata(string name, params (string Name, string Value)[] fields) => new([KeyValuePair.Create(name, Struct(fields))]);

    private static MetadataValue Struct(params (string Name, string Value)[] fields) =>
        MetadataValue.Of(fields.Select(static field => KeyValuePair.Create(field.Name, MetadataValue.Of(field.Value))));
}
