using System.Text;

namespace MeshSim.ProxyRuntime.Core.Tests;

public class HeaderMapTests
{
    [Fact]
    public void Lines_keep_their_order_and_the_case_of_their_names()
    {
        var map = new HeaderMap();
        map.Add("X-Custom", "1");
        map.Add("Content-Type", "text/plain");
        map.Add("x-custom", "2");

        Assert.Equal("X-Custom: 1\nContent-Type: text/plain\nx-custom: 2\n", map.ToString());
        Assert.True(map.TryGet(HeaderName.Of("x-CUSTOM"), out var value));
        Assert.Equal("1", Encoding.Latin1.GetString(value));
        Assert.True(map.Contains(HeaderName.ContentType));
    }

    [Fact]
    public void Set_replaces_the_first_line_and_drops_the_others()
    {
        var map = new HeaderMap();
        map.Add("server", "a");
        map.Add("x", "y");
        map.Add("server", "b");

        map.Set(HeaderName.Server, "a longer value than before"u8);

        Assert.Equal("server: a longer value than before\nx: y\n", map.ToString());
    }

    [Fact]
    public void A_template_is_shared_and_never_changes()
    {
        var template = new HeaderMap();
        template.Add(":path", "/a");
        template.Add("x", "1");
        template.Freeze();
        var first = new HeaderMap();
        var second = new HeaderMap();

        first.ResetTo(template);
        second.ResetTo(template);
        first.Set(HeaderName.Path, "/changed"u8);
        first.Remove("x"u8);
        first.Add("y", "2");

        Assert.Equal(":path: /changed\ny: 2\n", first.ToString());
        Assert.Equal(":path: /a\nx: 1\n", second.ToString());
        Assert.Equal(":path: /a\nx: 1\n", template.ToString());
        Assert.Throws<InvalidOperationException>(() => template.Add("z", "3"));
    }

    [Fact]
    public void A_value_taken_from_the_map_itself_can_be_set()
    {
        var map = new HeaderMap();
        map.Add(":authority", new string('h', 700));

        map.Set(HeaderName.XEnvoyOriginalHost, map.Get(HeaderName.Authority));
        map.Set(HeaderName.Authority, "b"u8);

        Assert.Equal(700, map.Get(HeaderName.XEnvoyOriginalHost).Length);
        Assert.Equal("b", Encoding.Latin1.GetString(map.Get(HeaderName.Authority)));
    }

    [Fact]
    public void Byte_size_counts_names_and_values()
    {
        var map = new HeaderMap();
        map.Add("ab", "cde");
        map.Add("server", "x");

        Assert.Equal(2 + 3 + 6 + 1, map.ByteSize);
    }

    /// <summary>Names that are not listed are told apart by length and some of their bytes at first; these two are alike in all of them.</summary>
    [Fact]
    public void Names_that_look_alike_are_told_apart()
    {
        var map = new HeaderMap();
        map.Add("x-baaa", "1");
        map.Add("X-AAAA", "2");

        Assert.Equal(HeaderName.TagOf("x-baaa"u8), HeaderName.TagOf("x-aaaa"u8));
        Assert.Equal(1, map.IndexOf(HeaderName.Of("x-aaaa")));
        Assert.Equal(0, map.IndexOf(HeaderName.Of("X-BAAA")));
        Assert.Equal(-1, map.IndexOf(HeaderName.Of("x-caaa")));
        Assert.Equal(-1, map.IndexOf(HeaderName.Of("x-baab")));
    }

    /// <summary>Sixteen lines are looked through at once: the places before and behind the borders, and lines that are gone.</summary>
    [Fact]
    public void Lines_are_found_wherever_they_stand()
    {
        var odd = HeaderName.Of("x-odd");
        var map = new HeaderMap();
        for (var i = 0; i < 50; i++)
        {
            map.Add(
                i % 2 == 1 ? "x-odd"
                    : i % 3 == 0 ? "cookie"
                    : $"x-{i}",
                $"{i}"
            );
        }

        List<int> found = [];
        for (var at = map.IndexOf(odd); at >= 0; at = map.IndexOf(odd, at + 1))
        {
            found.Add(at);
        }

        Assert.Equal(Enumerable.Range(0, 25).Select(static i => (2 * i) + 1), found);
        Assert.Equal(18, map.IndexOf(HeaderName.Cookie, 13));
        Assert.Equal(48, map.IndexOf(HeaderName.Cookie, 43));
        Assert.True(map.Remove(odd));
        Assert.Equal(-1, map.IndexOf(odd));
        Assert.Equal(24, map.IndexOf(HeaderName.Cookie, 22));
        Assert.Equal(-1, map.IndexOf(HeaderName.Cookie, 25));
        Assert.Equal("46", Encoding.Latin1.GetString(map.Get(HeaderName.Of("X-46"))));
        map.Reset();
        Assert.False(map.Contains(HeaderName.Cookie));
        Assert.False(map.Remove(HeaderName.Cookie));
    }

    [Fact]
    public void Lines_of_a_long_template_are_found_and_can_go()
    {
        var template = new HeaderMap();
        for (var i = 0; i < 40; i++)
        {
            template.Add($"x-{i}", $"{i}");
        }

        _ = template.Freeze();
        var map = new HeaderMap();
        map.ResetTo(template);
        map.Add("cookie", "a");

        Assert.Equal(40, map.IndexOf(HeaderName.Cookie));
        Assert.True(map.Remove(HeaderName.Of("x-33")));
        Assert.Equal(33, map.IndexOf(HeaderName.Of("x-34")));
        Assert.Equal(39, map.IndexOf(HeaderName.Cookie));
        Assert.Equal(33, template.IndexOf(HeaderName.Of("x-33")));
    }
}
