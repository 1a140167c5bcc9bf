namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>Clusters of type ORIGINAL_DST: hosts come with the requests.</summary>
public class OriginalDstTests
{
    private static readonly HeaderName Header = HeaderName.Of("x-envoy-original-dst-host");
    private static readonly ClusterSnapshot Cluster = Snapshots.Cluster("svc", 0) with
    {
        Type = DiscoveryType.OriginalDst,
        OriginalDst = new OriginalDstSnapshot(Header, "", []),
    };

    [Fact]
    public void A_request_goes_where_its_header_says()
    {
        var proxy = Proxy(Cluster);

        Assert.Equal(["created 10.7.0.1:81", "open U1 10.7.0.1:81"], Get(proxy, "10.7.0.1:81"));
        Assert.Equal(["created [::1]:82", "open U2 [::1]:82"], Get(proxy, "[0:0::1]:82"));
    }

    [Fact]
    public void The_main_machine_is_told_of_a_host_once()
    {
        var proxy = Proxy(Cluster);
        _ = Get(proxy, "10.7.0.1:81");

        Assert.Equal(["open U2 10.7.0.1:81"], Get(proxy, "10.7.0.1:81"));
    }

    [Theory]
    [InlineData("10.7.0.1")]
    [InlineData("10.7.0:81")]
    [InlineData("10.7.0.01:81")]
    [InlineData("10.7.0.1:65536")]
    [InlineData("10.7.0.1:+8")]
    [InlineData("::1:80")]
    [InlineData("[::1%eth0]:80")]
    [InlineData("host.test:80")]
    [InlineData("")]
    public void What_is_no_address_is_counted_and_leads_nowhere(string value)
    {
        var proxy = Proxy(Cluster);

        Assert.Equal(["reply 503 'no healthy upstream'", "log"], Get(proxy, value));
        Assert.Equal(1, proxy.Stat("cluster.svc.original_dst_host_invalid"));
        Assert.Equal("UH", proxy.Logs[^1].Flags);
    }

    [Fact]
    public void Without_a_header_there_is_no_host()
    {
        Assert.Equal("reply 503 'no healthy upstream'", Proxy(Cluster).Get()[0]);
        Assert.Equal("reply 503 'no healthy upstream'", Get(Proxy(Cluster with { OriginalDst = OriginalDstSnapshot.Default }), "10.7.0.1:81")[0]);
    }

    [Fact]
    public void A_port_can_be_overridden()
    {
        var proxy = Proxy(Cluster with { OriginalDst = Cluster.OriginalDst with { PortOverride = 9000 } });

        Assert.Equal(["created 10.7.0.1:9000", "open U1 10.7.0.1:9000"], Get(proxy, "10.7.0.1:81"));
        Assert.Equal(["open U2 10.7.0.1:9000"], Get(proxy, "10.7.0.1:7"));
    }

    [Fact]
    public void Metadata_come_before_the_header_and_a_list_gives_its_first_item()
    {
        var picker = new ClusterPicker(Cluster with { OriginalDst = Cluster.OriginalDst with { MetadataKey = "ns", MetadataPath = ["to"] } });
        picker.Headers.Add("x-envoy-original-dst-host", "10.7.0.1:81");
        Assert.Equal("10.7.0.1:81", picker.Pick()!.Address.Text);

        picker.Metadata.Set("ns", MetadataValue.Of([KeyValuePair.Create("to", MetadataValue.Of([MetadataValue.Of("10.7.0.2:82"), MetadataValue.Of("x")]))]));
        Assert.Equal("10.7.0.2:82", picker.Pick()!.Address.Text);

        picker.Metadata.Set("ns", MetadataValue.Of([KeyValuePair.Create("to", MetadataValue.Of("nowhere"))]));
        Assert.Equal("10.7.0.1:81", picker.Pick()!.Address.Text);
        Assert.Equal(1, picker.Stats.OriginalDstHostInvalid.Value);
    }

    [Fact]
    public void Hosts_that_were_not_used_for_a_whole_interval_go()
    {
        var main = new ProxyMain(Snapshots.Proxy(cluster: Cluster), new RandomSource(1));
        var effects = new EffectBuffer();
        main.Start(new MonotonicTime(0), effects);
        HostState used = Host("10.7.0.1"),
            idle = Host("10.7.0.2"),
            connected = Host("10.7.0.3");
        foreach (var host in (HostState[])[used, idle, connected, used])
        {
            main.HostCreated(new MonotonicTime(1), "svc", host, effects);
        }

        connected.Stats.ConnectionOpened();
        Assert.Equal<HostState>([used, idle, connected], main.View.Clusters[0].Hosts);
        Assert.Equal(3, main.View.Stats.Value("cluster.svc.membership_total"));

        // New hosts count as used; then only what is used again stays, or has connections.
        Advance(main, effects, seconds: 5);
        Assert.Equal(3, main.View.Clusters[0].Hosts.Length);
        used.MarkUsed();
        Advance(main, effects, seconds: 10);
        Assert.Equal<HostState>([used, connected], main.View.Clusters[0].Hosts);
        Assert.Equal(4, main.View.Stats.Value("cluster.svc.membership_change"));
    }

    [Fact]
    public void A_host_that_went_and_is_asked_for_again_is_another_one()
    {
        var picker = new ClusterPicker(Cluster);
        picker.Headers.Add("x-envoy-original-dst-host", "10.7.0.1:81");
        var first = picker.Pick()!;
        picker.Apply([first]);
        Assert.Same(first, picker.Pick());

        picker.Apply([]);
        Assert.NotSame(first, picker.Pick());
    }

    [Fact]
    public void A_known_host_is_found_without_allocating()
    {
        var picker = new ClusterPicker(Cluster);
        picker.Headers.Add("x-envoy-original-dst-host", "10.7.0.1:81");
        picker.Apply([picker.Pick()!]);

        Assert.Equal(0, Allocation.Of(() => picker.Pick()));
    }

    private static void Advance(ProxyMain main, EffectBuffer effects, int seconds) => main.Advance(new MonotonicTime(seconds * Snapshots.Second), effects);

    private static HostState Host(string ip) => new(new HostSnapshot { Address = new NetworkAddress(ip, 80) });

    private static WorkerHarness Proxy(ClusterSnapshot cluster) => new(Snapshots.Proxy(cluster: cluster));

    private static string[] Get(WorkerHarness proxy, string to) => proxy.Get("/", ("x-envoy-original-dst-host", to));
}
