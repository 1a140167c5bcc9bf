using System.Collections.Immutable;
using System.Text;

namespace MeshSim.ProxyRuntime.Core.Tests;

public class RateLimitDescriptorsTests
{
    private readonly HeaderMap head = new();
    private readonly StreamInfo info = new() { RemoteAddress = new NetworkAddress("10.11.12.13", 0) };
    private RouteSelection selection = new(null, null, Snapshots.Prefix("/", Snapshots.To("svc"))) { Cluster = "svc" };
    private bool withHits = true;

    public RateLimitDescriptorsTests()
    {
        head.Add(":path", "/a?x=a%20b&y&x=2&%7a=3");
        head.Add("x-one", "1");
        head.Add("x-one", "2");
        info.RequestHeaders = head;
    }

    [Fact]
    public void The_clusters_are_the_proxys_own_and_the_routes()
    {
        Assert.Equal("source_cluster=edge,destination_cluster=svc", Describe(new SourceClusterAction(), new DestinationClusterAction()));
        selection = default;
        Assert.Equal("none", Describe(new SourceClusterAction(), new DestinationClusterAction()));
    }

    [Fact]
    public void Of_a_header_the_first_value_counts()
    {
        Assert.Equal("one=1", Describe(new RequestHeadersAction(HeaderName.Of("x-one"), "one")));
        Assert.Equal("none", Describe(new RequestHeadersAction(HeaderName.Of("x-two"), "two")));
        Assert.Equal(
            "one=1",
            Describe(new RequestHeadersAction(HeaderName.Of("x-two"), "two", SkipIfAbsent: true), new RequestHeadersAction(HeaderName.Of("x-one"), "one"))
        );
    }

    [Fact]
    public void Query_parameters_are_decoded()
    {
        Assert.Equal("q=a b", Describe(new QueryParametersAction("x", "q")));
        Assert.Equal("q=", Describe(new QueryParametersAction("y", "q")));
        Assert.Equal("q=3", Describe(new QueryParametersAction("z", "q")));
        Assert.Equal("none", Describe(new QueryParametersAction("w", "q")));
    }

    [Theory]
    [InlineData("10.11.12.13", 32, 128, "10.11.12.13/32")]
    [InlineData("10.11.12.13", 20, 128, "10.11.0.0/20")]
    [InlineData("10.11.12.13", 0, 128, "0.0.0.0/0")]
    [InlineData("2001:db8:0:0:1:0:0:1", 32, 128, "2001:db8::1:0:0:1/128")]
    [InlineData("2001:abcd:ef01:2345:6789:abcd:ef01:234", 32, 64, "2001:abcd:ef01:2345::/64")]
    [InlineData("::1", 32, 128, "::1/128")]
    [InlineData("1:0:2:3:4:5:6:7", 32, 128, "1:0:2:3:4:5:6:7/128")]
    [InlineData("fe80::1", 32, 0, "::/0")]
    public void An_address_is_masked_to_its_network(string address, int v4, int v6, string expected)
    {
        info.RemoteAddress = new NetworkAddress(address, 0);

        Assert.Equal($"masked_remote_address={expected}", Describe(new MaskedRemoteAddressAction(v4, v6)));
    }

    [Fact]
    public void An_address_that_is_none_makes_no_descriptor()
    {
        Assert.Equal("remote_address=10.11.12.13", Describe(new RemoteAddressAction()));
        info.RemoteAddress = new NetworkAddress("@pipe", 0);
        Assert.Equal("none", Describe(new RemoteAddressAction()));
        Assert.Equal("none", Describe(new MaskedRemoteAddressAction()));
    }

    [Theory]
    [InlineData("1", true, "header_match=v")]
    [InlineData("3", true, "none")]
    [InlineData("1", false, "none")]
    [InlineData("3", false, "header_match=v")]
    public void Headers_fit_or_are_expected_not_to(string value, bool expect, string expected) =>
        Assert.Equal(expected, Describe(new HeaderValueMatchAction("header_match", "v", expect, Chains.Header("x-one", value))));

    [Theory]
    [InlineData("a b", true, "query_match=v")]
    [InlineData("a%20b", true, "none")]
    [InlineData("a%20b", false, "query_match=v")]
    public void Parameters_fit_or_are_expected_not_to(string value, bool expect, string expected)
    {
        ImmutableArray<QueryParameterMatcher> matchers = [new QueryParameterMatcher("x", StringMatcher.Of(StringMatch.Exact, value))];

        Assert.Equal(expected, Describe(new QueryParameterValueMatchAction("query_match", "v", expect, matchers)));
    }

    [Fact]
    public void Metadata_of_request_or_route_may_have_a_default()
    {
        info.DynamicMetadata.Merge("ns", Struct("k", MetadataValue.Of("dynamic")));
        selection = selection with
        {
            Route = selection.Route! with { Metadata = new MetadataMap([KeyValuePair.Create("ns", Struct("k", MetadataValue.Of("routed")))]) },
        };

        Assert.Equal("m=dynamic", Describe(new MetadataAction("m", OfRoute: false, "ns", ["k"], "", SkipIfAbsent: false)));
        Assert.Equal("m=routed", Describe(new MetadataAction("m", OfRoute: true, "ns", ["k"], "", SkipIfAbsent: false)));
        Assert.Equal("m=d", Describe(new MetadataAction("m", OfRoute: false, "ns", ["other"], "d", SkipIfAbsent: false)));
        Assert.Equal("none", Describe(new MetadataAction("m", OfRoute: false, "ns", ["other"], "", SkipIfAbsent: false)));
        Assert.Equal("", Describe(new MetadataAction("m", OfRoute: false, "ns", ["other"], "", SkipIfAbsent: true)));
    }

    [Theory]
    [InlineData("%REQ(X-ONE)%", 1UL)]
    [InlineData("%REQ(X-HITS)%", 12UL)]
    [InlineData("%REQ(X-MANY)%", null)]
    [InlineData("%REQ(X-ABSENT)%", null)]
    public void Hits_may_come_from_a_format(string format, ulong? expected)
    {
        head.Add("x-hits", "12.9");
        head.Add("x-many", "1000000001");
        var policy = new RateLimitPolicy([new GenericKeyAction("k", "v")]) { HitsAddendFormat = Snapshots.Format(format) };

        var descriptors = Add(policy);

        Assert.Equal(expected is null ? 0 : 1, descriptors.Count);
        Assert.Equal(expected, descriptors.Count > 0 ? descriptors[0].Hits : null);
    }

    [Fact]
    public void Hits_count_only_in_a_filters_own_rate_limits()
    {
        var policy = new RateLimitPolicy([new GenericKeyAction("k", "v")]) { HitsAddend = 4 };

        Assert.Equal(4UL, Add(policy)[0].Hits);
        withHits = false;
        Assert.Null(Add(policy)[0].Hits);
    }

    [Fact]
    public void A_limit_comes_from_metadata_if_it_is_one()
    {
        var policy = new RateLimitPolicy([new GenericKeyAction("k", "v")]) { Limit = new RateLimitOverride("ns", ["limit"]) };
        Assert.Null(Add(policy)[0].Limit);

        info.DynamicMetadata.Merge("ns", Struct("limit", Limit(42, "HOUR")));
        Assert.Equal((42U, 3), Add(policy)[0].Limit);

        info.DynamicMetadata.Set("ns", Struct("limit", Limit(42, "FORTNIGHT")));
        Assert.Null(Add(policy)[0].Limit);
    }

    private static MetadataValue Struct(string name, MetadataValue value) => MetadataValue.Of([KeyValuePair.Create(name, value)]);

    private static MetadataValue Limit(double requests, string unit) =>
        MetadataValue.Of([KeyValuePair.Create("requests_per_unit", MetadataValue.Of(requests)), KeyValuePair.Create("unit", MetadataValue.Of(unit))]);

    private string Describe(params ImmutableArray<RateLimitAction> actions)
    {
        var descriptors = Add(new RateLimitPolicy(actions));
        if (descriptors.Count == 0)
        {
            return "none";
        }

        var text = new List<string>();
        var reader = new ProtoReader(descriptors.Bytes(0));
        while (RateLimitDescriptors.TryReadEntry(ref reader, out var key, out var value))
        {
            text.Add($"{Encoding.UTF8.GetString(key)}={Encoding.UTF8.GetString(value)}");
        }

        return string.Join(',', text);
    }

    private RateLimitDescriptors Add(RateLimitPolicy policy)
    {
        var snapshot = Snapshots.Proxy() with { Node = new NodeSnapshot("id", "edge", "") };
        var context = new WorkerContext(snapshot, new ProxyShared(snapshot), new RandomSource(1), 0);
        var descriptors = new RateLimitDescriptors();
        descriptors.Add(policy, new RateLimitRequest(head, info, selection, context), withHits);
        return descriptors;
    }
}
