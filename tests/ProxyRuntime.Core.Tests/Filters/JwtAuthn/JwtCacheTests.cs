using static MeshSim.ProxyRuntime.Core.Tests.TestTokens;

namespace MeshSim.ProxyRuntime.Core.Tests;

public class JwtCacheTests
{
    private const long Now = 1_700_000_003;

    [Fact]
    public void What_was_kept_is_found_by_all_its_bytes()
    {
        var cache = new JwtCache(3, 4096);
        var jwt = Keep(cache, "one");

        Assert.Same(jwt, cache.TryGet(Bytes(Token("one")), Now));
        Assert.Null(cache.TryGet(Bytes(Token("one") + "A"), Now));
        Assert.Null(cache.TryGet(Bytes(Token("two")), Now));
        Assert.Null(cache.TryGet([], Now));
        Assert.Null(cache.TryGet(Bytes("x"), Now));
    }

    [Fact]
    public void The_least_recently_used_is_forgotten()
    {
        var cache = new JwtCache(3, 4096);
        foreach (var name in (string[])["one", "two", "three"])
        {
            Keep(cache, name);
        }

        Assert.NotNull(cache.TryGet(Bytes(Token("one")), Now));
        Keep(cache, "four");

        Assert.Equal(3, cache.Count);
        Assert.Null(cache.TryGet(Bytes(Token("two")), Now));
        Assert.NotNull(cache.TryGet(Bytes(Token("three")), Now));
        Assert.NotNull(cache.TryGet(Bytes(Token("one")), Now));
        Assert.NotNull(cache.TryGet(Bytes(Token("four")), Now));
    }

    [Fact]
    public void A_token_kept_twice_is_kept_once_as_the_newest()
    {
        var cache = new JwtCache(2, 4096);
        Keep(cache, "one");
        Keep(cache, "two");
        var again = Keep(cache, "one");
        Keep(cache, "three");

        Assert.Equal(2, cache.Count);
        Assert.Same(again, cache.TryGet(Bytes(Token("one")), Now));
        Assert.Null(cache.TryGet(Bytes(Token("two")), Now));
    }

    /// <summary>Whoever asks finds out that it is not yet valid.</summary>
    [Fact]
    public void A_token_that_is_not_yet_valid_stays()
    {
        var cache = new JwtCache(2, 4096);
        var token = Unsigned("""{"alg":"RS256"}""", """{"nbf":1700000900}""");
        cache.Add(Bytes(token), Parse(token));

        Assert.NotNull(cache.TryGet(Bytes(token), Now));
    }

    [Theory]
    [InlineData(60, true)]
    [InlineData(61, false)]
    public void An_expired_token_is_dropped_after_the_default_skew(long later, bool found)
    {
        var cache = new JwtCache(2, 4096);
        var token = Unsigned("""{"alg":"RS256"}""", """{"exp":1700000003}""");
        cache.Add(Bytes(token), Parse(token));

        Assert.Equal(found, cache.TryGet(Bytes(token), Now + later) is not null);
        Assert.Equal(found ? 1 : 0, cache.Count);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(-1, 0)]
    public void A_token_too_long_is_not_kept(int spare, int count)
    {
        var cache = new JwtCache(2, Token("one").Length + spare);
        Keep(cache, "one");

        Assert.Equal(count, cache.Count);
    }

    [Fact]
    public void Many_tokens_take_no_more_room_than_the_size()
    {
        var cache = new JwtCache(JwtCacheSettings.SizeDefault, JwtCacheSettings.TokenBytesMaxDefault);
        for (var i = 0; i < 1_000; i++)
        {
            Keep(cache, $"n{i}");
        }

        Assert.Equal(100, cache.Count);
        Assert.Equal(100, Enumerable.Range(900, 100).Count(i => cache.TryGet(Bytes(Token($"n{i}")), Now) is not null));
    }

    private static Jwt Keep(JwtCache cache, string name)
    {
        var jwt = Parse(Token(name));
        cache.Add(Bytes(Token(name)), jwt);
        return jwt;
    }

    private static string Token(string name) => Unsigned("""{"alg":"RS256"}""", $$"""{"sub":"{{name}}"}""");
}
