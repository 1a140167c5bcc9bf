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
}
