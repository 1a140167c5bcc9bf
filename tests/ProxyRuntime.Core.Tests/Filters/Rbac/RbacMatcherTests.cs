using System.Net;

namespace MeshSim.ProxyRuntime.Core.Tests;

public class RbacMatcherTests
{
    private readonly HeaderMap head = new();
    private readonly StreamInfo info = new()
    {
        Connection = new ConnectionInfo("main", new NetworkAddress("10.1.2.3", 999), new NetworkAddress("10.9.0.1", 8443)),
        RemoteAddress = new NetworkAddress("192.0.2.77", 0),
    };

    public RbacMatcherTests()
    {
        head.Add(":method", "GET");
        head.Add(":path", "/a/b?x=1#f");
        head.Add("x-role", "admin");
    }

    [Fact]
    public void Sets_and_negations_combine()
    {
        var yes = new RbacAny();
        var no = new RbacNot(yes);

        Assert.True(Fits(new RbacAllOf([yes, yes])));
        Assert.False(Fits(new RbacAllOf([yes, no])));
        Assert.True(Fits(new RbacAnyOf([no, yes])));
        Assert.False(Fits(new RbacAnyOf([no, no])));
        Assert.True(Fits(new RbacNot(no)));
    }

    [Fact]
    public void The_path_is_tested_without_query_and_fragment()
    {
        Assert.True(Fits(new RbacUrlPath(StringMatcher.Of(StringMatch.Exact, "/a/b"))));
        Assert.True(Fits(new RbacUriTemplate(UriTemplate.TryParse("/a/{x}", out _)!)));
        Assert.False(Fits(new RbacUriTemplate(UriTemplate.TryParse("/a/{x}/c", out _)!)));
        head.Remove(HeaderName.Path);
        Assert.False(Fits(new RbacUrlPath(StringMatcher.Of(StringMatch.Prefix, ""))));
    }

    [Theory]
    [InlineData(RbacAddressKind.Destination, "10.9.0.0", 16, true)]
    [InlineData(RbacAddressKind.Destination, "10.1.0.0", 16, false)]
    [InlineData(RbacAddressKind.DirectRemote, "10.1.2.0", 24, true)]
    [InlineData(RbacAddressKind.DirectRemote, "192.0.2.0", 24, false)]
    [InlineData(RbacAddressKind.Remote, "192.0.2.64", 27, true)]
    [InlineData(RbacAddressKind.Remote, "::", 0, false)]
    public void Addresses_are_those_of_connection_and_client(RbacAddressKind kind, string address, int bits, bool expected) =>
        Assert.Equal(expected, Fits(new RbacAddress(kind, new CidrRange(IPAddress.Parse(address), bits))));

    [Theory]
    [InlineData(8443, 8444, true)]
    [InlineData(8000, 8443, false)]
    [InlineData(0, 65536, true)]
    public void Ports_are_those_of_the_destination(int start, int end, bool expected) => Assert.Equal(expected, Fits(new RbacDestinationPort(start, end)));

    [Fact]
    public void Metadata_is_the_requests_or_the_routes()
    {
        var matcher = new MetadataMatcher("ns", ["k"], new BoolMatcher(true));
        Assert.False(Fits(new RbacMetadata(matcher)));
        Assert.False(Fits(new RbacMetadata(matcher, OfRoute: true)));

        var fields = MetadataValue.Of([KeyValuePair.Create("k", MetadataValue.Of(true))]);
        info.DynamicMetadata.Merge("ns", fields);
        var route = Snapshots.Prefix("/", Snapshots.To("svc")) with { Metadata = new MetadataMap([KeyValuePair.Create("ns", fields)]) };

        Assert.True(Fits(new RbacMetadata(matcher)));
        Assert.True(Fits(new RbacMetadata(matcher, OfRoute: true), route));
        Assert.False(Fits(new RbacMetadata(matcher with { Invert = true }, OfRoute: true)));
    }

    [Fact]
    public void The_server_name_is_that_of_the_handshake()
    {
        var matcher = new RbacServerName(StringMatcher.Of(StringMatch.Suffix, ".example"));
        Assert.False(Fits(matcher));
        info.Connection = info.Connection with { RequestedServerName = "a.example" };
        Assert.True(Fits(matcher));
    }

    [Fact]
    public void A_principal_is_one_of_the_peers_names()
    {
        var any = new RbacAuthenticated(null);
        var named = new RbacAuthenticated(StringMatcher.Of(StringMatch.Exact, "spiffe://td/ns/a/sa/b"));
        var everything = new RbacAuthenticated(StringMatcher.Of(Snapshots.Regex(".*")));
        Assert.False(Fits(any));
        Assert.False(Fits(everything));

        info.Connection = info.Connection with { IsTls = true };
        Assert.True(Fits(any));
        Assert.True(Fits(everything));
        Assert.False(Fits(named));

        info.Connection = info.Connection with { PeerPrincipals = ["spiffe://td/ns/a/sa/b", "b.a", "CN=b"] };
        Assert.True(Fits(named));
        Assert.True(Fits(new RbacAuthenticated(StringMatcher.Of(StringMatch.Exact, "CN=b"))));
    }

    [Fact]
    public void Filter_state_is_tested_as_text()
    {
        var matcher = new RbacFilterState(new FilterStateMatcher("key", StringMatcher.Of(StringMatch.Exact, "v")));
        Assert.False(Fits(matcher));
        info.FilterState.Set("key", "v");
        Assert.True(Fits(matcher));
    }

    private bool Fits(RbacMatcher matcher, Route? route = null) => matcher.Matches(new RbacRequest(head, info, route));
}
