using System.Collections.Immutable;

namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>request_mirror_policies: copies that go to other clusters.</summary>
public class MirrorTests
{
    [Fact]
    public void A_copy_goes_to_another_cluster_right_after_the_first_attempt_and_nobody_waits_for_its_answer()
    {
        var proxy = Proxy(new MirrorPolicy { Cluster = "mirror" });

        Assert.Equal(["open U1 10.0.0.1:80", "open U2 10.0.1.1:80"], proxy.Get("/p?q", ("x-a", "1")));
        Assert.Equal(["start A2 on U2 end for C-1/0"], proxy.Connected(2));
        Assert.Contains(":path: /p?q\n", proxy.OwnRequestHead, StringComparison.Ordinal);
        Assert.Contains(":authority: svc.local-shadow\n", proxy.OwnRequestHead, StringComparison.Ordinal);
        Assert.Contains("x-a: 1\n", proxy.OwnRequestHead, StringComparison.Ordinal);
        Assert.Contains("x-envoy-internal: true\n", proxy.OwnRequestHead, StringComparison.Ordinal);
        Assert.Contains("x-forwarded-for: 127.0.0.1\n", proxy.OwnRequestHead, StringComparison.Ordinal);
        Assert.Contains("x-envoy-expected-rq-timeout-ms: 15000\n", proxy.OwnRequestHead, StringComparison.Ordinal);
        proxy.Connected(1);
        Assert.Equal(["headers 200 end", "log"], proxy.Answer(1, 200));
        Assert.DoesNotContain("x-envoy-internal", proxy.RequestHead, StringComparison.Ordinal);

        Assert.Empty(proxy.Answer(2, 503, endStream: false));
        Assert.Empty(proxy.AnswerBody(2, 10, endStream: true));
        Assert.Equal(1, proxy.Stat("cluster.mirror.upstream_rq_503"));
        Assert.Equal(1, proxy.Stat("cluster.mirror.internal.upstream_rq_503"));
        Assert.Equal(1, proxy.Stat("http.async-client.rq_total"));
        Assert.Equal(1, proxy.Stat("http.ingress.rq_total"));
        Assert.Equal(0, proxy.Stat("cluster.mirror.upstream_rq_active"));
        Assert.Single(proxy.Logs);
    }

    [Theory]
    [InlineData("a.com:80", "a.com-shadow:80")]
    [InlineData("a.com", "a.com-shadow")]
    [InlineData("[::1]:80", "[::1]-shadow:80")]
    [InlineData("[::1]", "[::1]-shadow")]
    public void The_host_gets_a_suffix_before_its_port(string host, string copy)
    {
        var proxy = Proxy(new MirrorPolicy { Cluster = "mirror" });
        proxy.Get("/", (":authority", host));
        proxy.Connected(2);

        Assert.Contains($":authority: {copy}\n", proxy.OwnRequestHead, StringComparison.Ordinal);
    }

    [Fact]
    public void The_suffix_can_be_left_out_and_host_and_headers_changed()
    {
        var proxy = Proxy(
            new MirrorPolicy
            {
                Cluster = "mirror",
                DisableShadowHostSuffix = true,
                HostRewriteLiteral = "elsewhere",
                RequestHeaders = new HeaderMutationList([
                    new HeaderMutationStep(Remove: HeaderName.Of("x-secret")),
                    new HeaderMutationStep(Append: new HeaderAddition(HeaderName.Of("x-mirrored"), Snapshots.Format("%REQ(:PATH)%"))),
                ]),
            }
        );
        proxy.Get("/p", ("x-secret", "1"));
        proxy.Connected(1);
        proxy.Connected(2);

        Assert.Contains(":authority: elsewhere\n", proxy.OwnRequestHead, StringComparison.Ordinal);
        Assert.Contains("x-mirrored: /p\n", proxy.OwnRequestHead, StringComparison.Ordinal);
        Assert.DoesNotContain("x-secret", proxy.OwnRequestHead, StringComparison.Ordinal);
        Assert.Contains("x-secret: 1\n", proxy.RequestHead, StringComparison.Ordinal);
        Assert.DoesNotContain("x-mirrored", proxy.RequestHead, StringComparison.Ordinal);
    }

    [Fact]
    public void It_is_a_copy_of_the_final_headers_but_of_none_that_an_attempt_changes()
    {
        var cluster = Snapshots.Cluster("svc", 1);
        var named = cluster with { Endpoints = [cluster.Endpoints[0] with { Hostname = "backend" }] };
        var action = new RouteAction
        {
            Cluster = "svc",
            PrefixRewrite = "/new",
            AutoHostRewrite = true,
            MirrorPolicies = [new MirrorPolicy { Cluster = "mirror" }],
        };
        var proxy = new WorkerHarness(
            Snapshots.Proxy([Snapshots.Host("*", Snapshots.Prefix("/old", action))], [named, Snapshots.Cluster("mirror", 1, net: 1)])
        );
        _ = proxy.Ask("/old");
        _ = proxy.Ask("/old");

        Assert.Contains(":authority: backend\n", proxy.RequestHead, StringComparison.Ordinal);
        Assert.Contains(":authority: svc.local-shadow\n", proxy.OwnRequestHead, StringComparison.Ordinal);
        Assert.Contains(":path: /new\n", proxy.OwnRequestHead, StringComparison.Ordinal);
    }

    [Fact]
    public void The_cluster_may_stand_in_a_header_and_one_that_is_unknown_is_skipped()
    {
        var proxy = Proxy(new MirrorPolicy { ClusterHeader = HeaderName.Of("x-mirror") });

        Assert.Equal(2, proxy.Get("/", ("x-mirror", "mirror")).Length);
        Assert.Single(proxy.Get("/", ("x-mirror", "none")));
        Assert.Single(proxy.Get());
        Assert.Single(Proxy(new MirrorPolicy { Cluster = "none" }).Get());
    }

    [Fact]
    public void Each_policy_takes_its_share_by_the_requests_own_random_number()
    {
        var proxy = Proxy(
            new MirrorPolicy { Cluster = "mirror", Fraction = new RuntimeFraction(new FractionalPercent(30)) },
            new MirrorPolicy { Cluster = "mirror", Fraction = new RuntimeFraction(new FractionalPercent(60)) }
        );
        var random = proxy.Random.Derive("stream");
        var total = 0L;
        for (var i = 0; i < 100; i++)
        {
            var number = random.NextUInt64() % 100;
            var copies =
                number < 30 ? 2
                : number < 60 ? 1
                : 0;
            _ = proxy.Ask();
            total += copies;

            // Copies draw numbers of their own.
            for (var copy = 0; copy < copies; copy++)
            {
                _ = random.NextUInt64();
            }

            Assert.Equal(total, proxy.Stat("cluster.mirror.upstream_rq_total"));
        }
    }

    [Fact]
    public void CONNECT_is_never_mirrored()
    {
        var action = new RouteAction
        {
            Cluster = "svc",
            Upgrades = [("connect", true)],
            MirrorPolicies = [new MirrorPolicy { Cluster = "mirror" }],
        };
        var route = new Route { Match = new RouteMatch(PathMatcher.OfConnect()), Action = action };
        var proxy = new WorkerHarness(Snapshots.Proxy([Snapshots.Host("*", route)], [Snapshots.Cluster("svc", 1), Snapshots.Cluster("mirror", 1, net: 1)]));

        Assert.Equal(["open U1 10.0.0.1:80"], proxy.Request("CONNECT", "", endStream: false));
    }

    [Fact]
    public void It_times_out_as_the_request_does()
    {
        var action = new RouteAction
        {
            Cluster = "svc",
            TimeoutNs = Snapshots.Second,
            MirrorPolicies = [new MirrorPolicy { Cluster = "mirror" }],
        };
        var proxy = new WorkerHarness(
            Snapshots.Proxy([Snapshots.Host("*", Snapshots.Prefix("/", action))], [Snapshots.Cluster("svc", 1), Snapshots.Cluster("mirror", 1, net: 1)])
        );
        proxy.Get();
        proxy.Connected(1);
        proxy.Connected(2);
        proxy.Answer(1, 200);

        Assert.Equal(["cancel A2"], proxy.Wait(1000));
        Assert.Equal(1, proxy.Stat("cluster.mirror.upstream_rq_timeout"));
        Assert.Equal(1, proxy.Stat("cluster.mirror.upstream_rq_504"));
    }

    // Bodies.

    [Fact]
    public void The_body_streams_to_both()
    {
        var proxy = Proxy(new MirrorPolicy { Cluster = "mirror" });
        proxy.Request("POST", "/", endStream: false);
        proxy.Connected(1);
        proxy.Connected(2);

        Assert.Equal(["SendData 3 for C-1/0", "SendData 3"], proxy.Body(3, endStream: false));
        Assert.Equal(["SendData 4 for C-1/0", "SendData 4"], proxy.Body(4, endStream: false));
        Assert.Equal(["SendTrailers x: 1", "SendTrailers x: 1 for C-1/0"], proxy.Trailers(("x", "1")));
        proxy.Answer(1, 200);
        Assert.Empty(proxy.Answer(2, 200));
        Assert.Equal(0, proxy.Ledger.BytesKept);
    }

    [Fact]
    public void What_comes_before_the_mirrors_connection_is_kept_for_it()
    {
        var proxy = Proxy(new MirrorPolicy { Cluster = "mirror" });
        proxy.Request("POST", "/", endStream: false);
        proxy.Connected(1);
        Assert.Equal(["BufferBody 3 for C-1/0", "SendData 3"], proxy.Body(3, endStream: false));
        Assert.Equal(["BufferBody 4 for C-1/0", "SendData 4 end"], proxy.Body(4, endStream: true));
        proxy.Answer(1, 200);

        Assert.Equal(["start A2 on U2 for C-1/0", "SendBuffered 7 end for C-1/0", "ReleaseBody for C-1/0"], proxy.Connected(2));
    }

    /// <summary>A filter has kept the whole body; the attempt lets go of it at once, the mirror still needs it.</summary>
    [Fact]
    public void A_body_that_a_filter_had_kept_is_copied()
    {
        List<string> seen = [];
        var probe = new Probe("p", seen)
        {
            OnHeaders = static (_, _) => FilterStatus.StopIteration,
            OnData = static (_, end) => end ? FilterStatus.Continue : FilterStatus.StopIteration,
        };
        var proxy = Proxy([new MirrorPolicy { Cluster = "mirror" }], manager => manager.Before(probe));
        _ = proxy.Request("POST", "/", endStream: false);
        proxy.Body(5, endStream: true);
        proxy.Connected(1);
        proxy.Answer(1, 200);
        proxy.Connected(2);
        proxy.Answer(2, 200);
        proxy.Request("POST", "/", endStream: false);

        Assert.Equal(
            [
                "BufferBody 6",
                "CopyBody 6 from C3/1 for C-1/1",
                "start A3 on U1",
                "SendBuffered 6 end",
                "ReleaseBody",
                "start A4 on U2 for C-1/1",
                "SendBuffered 6 end for C-1/1",
                "ReleaseBody for C-1/1",
            ],
            proxy.Body(6, endStream: true)
        );
    }

    [Fact]
    public void Trailers_that_a_filter_had_kept_end_the_copy_too()
    {
        List<string> seen = [];
        var probe = new Probe("p", seen) { OnHeaders = static (_, _) => FilterStatus.StopIteration, OnData = static (_, _) => FilterStatus.StopIteration };
        var proxy = Proxy([new MirrorPolicy { Cluster = "mirror" }], manager => manager.Before(probe));
        proxy.Request("POST", "/", endStream: false);
        proxy.Body(5, endStream: false);
        proxy.Trailers(("x", "1"));

        Assert.Equal(["start A2 on U2 for C-1/0", "SendBuffered 5 for C-1/0", "ReleaseBody for C-1/0", "SendTrailers x: 1 for C-1/0"], proxy.Connected(2));
    }

    [Fact]
    public void A_request_that_ends_before_it_is_complete_takes_its_copies_along()
    {
        var proxy = Proxy(new MirrorPolicy { Cluster = "mirror" });
        proxy.Request("POST", "/", endStream: false);
        proxy.Connected(1);
        proxy.Connected(2);

        Assert.Equal(
            ["cancel A1", "log", "cancel A2"],
            proxy
                .ClientLeaves()
                .OrderBy(static line =>
                    line is "cancel A2" ? 2
                    : line is "log" ? 1
                    : 0
                )
        );
        Assert.Equal(0, proxy.Stat("cluster.mirror.upstream_rq_active"));
        Assert.Equal(0, proxy.Ledger.LiveAttempts);
    }

    [Fact]
    public void A_copy_that_is_over_gets_nothing_more()
    {
        var proxy = Proxy(new MirrorPolicy { Cluster = "mirror" });
        proxy.Request("POST", "/", endStream: false);
        proxy.Connected(1);
        proxy.Refused(2);

        Assert.Equal(["SendData 3"], proxy.Body(3, endStream: false));
        Assert.Equal(["SendTrailers x: 1"], proxy.Trailers(("x", "1")));
        Assert.Equal(1, proxy.Stat("cluster.mirror.upstream_rq_503"));
    }

    [Fact]
    public void A_copy_goes_out_although_the_request_itself_fails_at_once()
    {
        var full = Snapshots.Cluster("svc", 1) with { DefaultThresholds = new ThresholdsSnapshot(1024, 0, 1024, 3) };
        var action = new RouteAction { Cluster = "svc", MirrorPolicies = [new MirrorPolicy { Cluster = "mirror" }] };
        var proxy = new WorkerHarness(Snapshots.Proxy([Snapshots.Host("*", Snapshots.Prefix("/", action))], [full, Snapshots.Cluster("mirror", 1, net: 1)]));
        var lines = proxy.Get();

        Assert.Equal("reply 503 'upstream connect error or disconnect/reset before headers. reset reason: overflow'", lines[0]);
        Assert.Contains("open U1 10.0.1.1:80", lines);
    }

    private static WorkerHarness Proxy(params MirrorPolicy[] policies) => Proxy([.. policies], static manager => manager);

    private static WorkerHarness Proxy(ImmutableArray<MirrorPolicy> policies, Func<HttpConnectionManagerSnapshot, HttpConnectionManagerSnapshot> change) =>
        new(
            Snapshots.Proxy(
                [Snapshots.Host("*", Snapshots.Prefix("/", new RouteAction { Cluster = "svc", MirrorPolicies = policies }))],
                [Snapshots.Cluster("svc", 1), Snapshots.Cluster("mirror", 1, net: 1)],
                change
            )
        );
}
