using System.Collections.Immutable;
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
    public void A_cookie_that_is_absent_is_made_and_set_with_the_answer_and_counts_from_then_on()
    {
        var policy = new CookieHashPolicy("id", 3600, "/app", [("SameSite", "Strict"), ("Secure", "")], Terminal: false);
        var proxy = new WorkerHarness(Snapshots.Proxy(new RouteAction { Cluster = "svc", HashPolicies = [policy] }));
        var value = XxHash64.Of("192.0.2.7:40001127.0.0.1:15001"u8).ToString("x16", System.Globalization.CultureInfo.InvariantCulture);

        Assert.Equal([$"id=\"{value}\"; Max-Age=3600; Path=/app; SameSite=Strict; Secure; HttpOnly"], proxy.Ask().AllGot("set-cookie"));
        Assert.Empty(proxy.Ask("/", ("cookie", $"id=\"{value}\"")).AllGot("set-cookie"));
    }

    [Fact]
    public void A_ttl_of_zero_makes_a_session_cookie()
    {
        var policy = new CookieHashPolicy("id", 0, "", [], Terminal: false);
        var cookie = new WorkerHarness(Snapshots.Proxy(new RouteAction { Cluster = "svc", HashPolicies = [policy] })).Ask().Got("set-cookie");

        Assert.Matches("^id=\"[0-9a-f]{16}\"; HttpOnly$", cookie);
    }

    [Fact]
    public void Headers_that_the_route_removes_from_responses_take_the_new_cookie_along()
    {
        var policy = new CookieHashPolicy("id", 0, "", [], Terminal: false);
        var route = Snapshots.Prefix("/", new RouteAction { Cluster = "svc", HashPolicies = [policy] }) with
        {
            ResponseHeaders = new HeaderMutations([HeaderName.SetCookie], []),
        };

        Assert.Empty(new WorkerHarness(Snapshots.Proxy([Snapshots.Host("*", route)], [Snapshots.Cluster("svc", 1)])).Ask().AllGot("set-cookie"));
    }

    private static ulong Of(string text) => XxHash64.Of(Encoding.ASCII.GetBytes(text));

    private static ulong? Hash(ImmutableArray<HashPolicy> policies, (string Name, string Value)[] headers)
    {
        var head = new HeaderMap();
        head.Add(":path", "/p?q=1");
        foreach (var (name, value) in headers)
        {
            head.Add(name, value);
        }

        var info = new StreamInfo { Connection = Snapshots.Connection(), RemoteAddress = Snapshots.Client };
        info.FilterState.Set("key", "state");
        return HashPolicies.Hash(policies, head, info, new ByteBuffer(), newCookies: null);
    }
}
