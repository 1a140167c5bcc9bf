using System.Net;

namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>Which filter chain a connection gets, step by step in Envoy's order.</summary>
public class FilterChainSelectionTests
{
    private static readonly ConnectionInfo Plain = new("main", new NetworkAddress("192.0.2.7", 40_001), new NetworkAddress("10.1.2.3", 443));

    private static readonly ConnectionInfo Tls = Plain with
    {
        TransportProtocol = "tls",
        RequestedServerName = "www.a.test",
        ApplicationProtocols = ["h2", "http/1.1"],
    };

    [Theory]
    [InlineData("www.a.test", "exact")]
    [InlineData("other.a.test", "one")]
    [InlineData("deep.other.a.test", "one")]
    [InlineData("b.test", "all")]
    [InlineData("a.test", "two")]
    [InlineData("", "none")]
    public void A_whole_name_goes_before_the_longest_suffix(string name, string expected)
    {
        var chains = Chains(
            ("two", new FilterChainMatch { ServerNames = ["*.test"] }),
            ("one", new FilterChainMatch { ServerNames = ["*.a.test"] }),
            ("exact", new FilterChainMatch { ServerNames = ["x.test", "www.a.test"] }),
            ("none", FilterChainMatch.Any with { SourcePorts = [] })
        );

        // b.test is within *.test, too.
        Assert.Equal(expected == "all" ? "two" : expected, Find(chains, Tls with { RequestedServerName = name }));
    }

    /// <summary>No step is gone back on: a chain for the port shuts out those for all ports, even if it fits no further.</summary>
    [Fact]
    public void A_destination_port_shuts_out_chains_without_one()
    {
        var chains = Chains(
            ("any", new FilterChainMatch { ServerNames = ["www.a.test"] }),
            ("port", new FilterChainMatch { DestinationPort = 443, ServerNames = ["other.test"] })
        );

        Assert.Null(Find(chains, Tls));
        Assert.Equal("any", Find(chains, Tls with { Local = new NetworkAddress("10.1.2.3", 8443) }));
        Assert.Equal("default", Find(chains with { DefaultFilterChain = new FilterChainSnapshot { Name = "default" } }, Tls));
    }

    [Fact]
    public void A_transport_protocol_goes_before_application_protocols()
    {
        var chains = Chains(("istio", new FilterChainMatch { ApplicationProtocols = ["istio"] }), ("tls", new FilterChainMatch { TransportProtocol = "tls" }));

        Assert.Equal("tls", Find(chains, Tls with { ApplicationProtocols = ["istio"] }));
        Assert.Equal("istio", Find(chains, Plain with { ApplicationProtocols = ["istio"] }));
        Assert.Null(Find(chains, Plain));
    }

    [Fact]
    public void The_first_protocol_a_client_offers_counts()
    {
        var chains = Chains(
            ("http", new FilterChainMatch { ApplicationProtocols = ["http/1.1", "http/1.0"] }),
            ("h2", new FilterChainMatch { ApplicationProtocols = ["h2"] }),
            ("any", FilterChainMatch.Any)
        );

        Assert.Equal("h2", Find(chains, Tls));
        Assert.Equal("http", Find(chains, Tls with { ApplicationProtocols = ["x", "http/1.1", "h2"] }));
        Assert.Equal("any", Find(chains, Tls with { ApplicationProtocols = ["x"] }));
    }

    [Fact]
    public void The_longest_range_counts_first_of_the_destination_then_of_the_source()
    {
        var chains = Chains(
            ("wide", new FilterChainMatch { PrefixRanges = [Range("10.0.0.0", 8)] }),
            ("near", new FilterChainMatch { PrefixRanges = [Range("172.16.0.0", 12), Range("10.1.0.0", 16)], SourcePrefixRanges = [Range("192.0.2.0", 24)] }),
            (
                "far",
                new FilterChainMatch
                {
                    PrefixRanges = [Range("10.1.0.0", 16)],
                    SourcePrefixRanges = [Range("192.0.2.7", 32)],
                    SourcePorts = [1],
                }
            ),
            (
                "port",
                new FilterChainMatch
                {
                    PrefixRanges = [Range("10.1.0.0", 16)],
                    SourcePrefixRanges = [Range("192.0.2.7", 32)],
                    SourcePorts = [40_001],
                }
            )
        );

        Assert.Equal("port", Find(chains, Plain));
        Assert.Null(Find(chains, Plain with { Remote = new NetworkAddress("192.0.2.7", 2) }));
        Assert.Equal("near", Find(chains, Plain with { Remote = new NetworkAddress("192.0.2.8", 2) }));
        Assert.Equal("wide", Find(chains, Plain with { Local = new NetworkAddress("10.2.0.1", 80) }));
    }

    [Theory]
    [InlineData("127.0.0.1", "local")]
    [InlineData("10.1.2.3", "local")]
    [InlineData("192.0.2.7", "external")]
    public void Where_a_client_is_counts_before_its_address(string client, string expected)
    {
        var chains = Chains(
            ("any", new FilterChainMatch { SourcePrefixRanges = [Range(client, 32)] }),
            ("local", new FilterChainMatch { SourceType = ConnectionSourceType.SameIpOrLoopback }),
            ("external", new FilterChainMatch { SourceType = ConnectionSourceType.External })
        );

        Assert.Equal(expected, Find(chains, Plain with { Remote = new NetworkAddress(client, 1) }));
    }

    private static CidrRange Range(string address, int bits) => new(IPAddress.Parse(address), bits);

    private static ListenerSnapshot Chains(params (string Name, FilterChainMatch Match)[] chains) =>
        new()
        {
            Name = "main",
            Address = Plain.Local,
            StatPrefix = "main",
            FilterChains = [.. chains.Select(static chain => new FilterChainSnapshot { Name = chain.Name, Match = chain.Match })],
        };

    private static string? Find(ListenerSnapshot listener, ConnectionInfo connection) => FilterChainSelection.Find(listener, connection)?.Name;
}
