using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;
using System.Text;

namespace MeshSim.ProxyRuntime.Core.Tests;

public class HashPolicyTests
{
    [Theory]
    [InlineData("", 0xEF46DB3751D8E999)]
    [InlineData("a", 0xD24EC4F1A98C6E5B)]
    [InlineData("abc", 0x44BC2CF5AD770999)]
    [InlineData("Nobody inspects the spammish repetition", 0xFBCEA83C8A378BF1)]
    public void The_hash_is_xxHash64(string text, ulong expected) => Assert.Equal(expected, XxHash64.Of(Encoding.ASCII.GetBytes(text)));

    [Fact]
    public void A_header_is_hashed_or_there_is_no_hash()
    {
        var policy = new HeaderHashPolicy(HeaderName.Of("x-user"), null, Terminal: false);

        Assert.Equal(Of("u"), Hash([policy], [("x-user", "u")]));
        Assert.Null(Hash([policy], []));
    }

    [Fact]
    public void Several_lines_are_sorted_and_hashed_one_after_another()
    {
        var policy = new HeaderHashPolicy(HeaderName.Of("x-user"), null, Terminal: false);
        var expected = XxHash64.Of("b"u8, XxHash64.Of("a"u8, 0));

        Assert.Equal(expected, Hash([policy], [("x-user", "b"), ("x-user", "a")]));
        Assert.Equal(expected, Hash([policy], [("x-user", "a"), ("x-user", "b")]));
    }

    [Fact]
    public void A_header_can_be_rewritten_before_it_is_hashed() =>
        Assert.Equal(
            Of("42"),
            Hash([new HeaderHashPolicy(HeaderName.Of("x-user"), Snapshots.Rewrite("^id-(\\d+)-.*$", "\\1"), Terminal: false)], [("x-user", "id-42-x")])
        );

    [Theory]
    [InlineData("other=1; id=abc", "abc")]
    [InlineData("id=\"abc\"; id=second", "abc")]
    public void A_cookie_is_hashed_without_its_quotes(string cookies, string hashed) =>
        Assert.Equal(Of(hashed), Hash([new CookieHashPolicy("id", null, "", [], Terminal: false)], [("cookie", cookies)]));

    [Fact]
    public void Address_query_parameter_and_filter_state_are_hashed()
    {
        Assert.Equal(Of("192.0.2.7"), Hash([new SourceIpHashPolicy(Terminal: false)], []));
        Assert.Equal(Of("1"), Hash([new QueryParameterHashPolicy("q", Terminal: false)], []));
        Assert.Null(Hash([new QueryParameterHashPolicy("none", Terminal: false)], []));
        Assert.Equal(Of("state"), Hash([new FilterStateHashPolicy("key", Terminal: false)], []));
        Assert.Null(Hash([new FilterStateHashPolicy("none", Terminal: false)], []));
    }

    [Fact]
    public void Hashes_are_turned_and_mixed_and_a_terminal_policy_ends_it_once_there_is_one()
    {
        HashPolicy first = new HeaderHashPolicy(HeaderName.Of("a"), null, Terminal: true);
        HashPolicy second = new HeaderHashPolicy(HeaderName.Of("b"), null, Terminal: false);
        HashPolicy third = new HeaderHashPolicy(HeaderName.Of("c"), null, Terminal: false);

        Assert.Equal(Of("1"), Hash([first, second], [("a", "1"), ("b", "2")]));
        Assert.Equal(BitOperations.RotateLeft(Of("2"), 1) ^ Of("3"), Hash([first, second, third], [("b", "2"), ("c", "3")]));
        Assert.Equal(BitOperations.RotateLeft(Of("2"), 1) ^ Of("2"), Hash([second, second], [("b", "2")]));
        Assert.Null(Hash([first, second], []));
    }

    [Fact]
    public void A_cookie_that_is_absent_is_made_of_the_connections_addresses_and_hashed()
    {
        var policy = new CookieHashPolicy("id", 3600, "/app", [("SameSite", "Strict"), ("Secure", "")], Terminal: false);
        var value = XxHash64.Of("192.0.2.7:40001127.0.0.1:15001"u8).ToString("x16", CultureInfo.InvariantCulture);
        List<string> made = [];

        Assert.Equal(Of(value), Hash([policy], [], made));
        Assert.Equal([$"id=\"{value}\"; Max-Age=3600; Path=/app; SameSite=Strict; Secure; HttpOnly"], made);
        Assert.Equal(Of(value), Hash([policy], [("cookie", $"id=\"{value}\"")], made));
        Assert.Single(made);
    }

    [Fact]
    public void A_ttl_of_zero_makes_a_session_cookie_and_no_ttl_none()
    {
        List<string> made = [];

        Assert.NotNull(Hash([new CookieHashPolicy("id", 0, "", [], Terminal: false)], [], made));
        Assert.Matches("^id=\"[0-9a-f]{16}\"; HttpOnly$", made.Single());
        Assert.Null(Hash([new CookieHashPolicy("id", null, "", [], Terminal: false)], [], made));
        Assert.Null(Hash([new CookieHashPolicy("id", 0, "", [], Terminal: false)], []));
    }

    /// <summary>Only a balancer that goes by the hash asks for it.</summary>
    [Fact]
    public void A_balancer_that_needs_no_hash_gives_the_client_no_cookie()
    {
        var action = new RouteAction { Cluster = "svc", HashPolicies = [new CookieHashPolicy("id", 0, "", [], Terminal: false)] };

        Assert.Empty(new WorkerHarness(Snapshots.Proxy(action)).Ask().AllGot("set-cookie"));
    }

    private static ulong Of(string text) => XxHash64.Of(Encoding.ASCII.GetBytes(text));

    private static ulong? Hash(ImmutableArray<HashPolicy> policies, (string Name, string Value)[] headers, List<string>? made = null)
    {
        var head = new HeaderMap();
        head.Add(":path", "/p?q=1");
        foreach (var (name, value) in headers)
        {
            head.Add(name, value);
        }

        var info = new StreamInfo { Connection = Snapshots.Connection(), RemoteAddress = Snapshots.Client };
        info.FilterState.Set("key", "state");
        return HashPolicies.Hash(policies, head, info, new ByteBuffer(), made);
    }
}
