using System.Globalization;
using System.Text;

namespace MeshSim.ProxyRuntime.Core.Tests;

public class NameCacheTests
{
    private readonly NameCache names = new();

    [Fact]
    public void The_same_name_is_the_same_object_again()
    {
        var first = names.Get("svc"u8);

        Assert.Equal("svc", first);
        Assert.Same(first, names.Get("svc"u8));
        Assert.Equal("other", names.Get("other"u8));
        Assert.Equal("", names.Get(""u8));
        Assert.Equal("é", names.Get("é"u8));
    }

    [Theory]
    [InlineData(256, true)]
    [InlineData(257, false)]
    public void Long_names_are_not_kept(int length, bool kept)
    {
        var name = Encoding.ASCII.GetBytes(new string('a', length));
        var first = names.Get(name);

        Assert.Equal(length, first.Length);
        Assert.Equal(first, names.Get(name));
        Assert.Equal(kept, ReferenceEquals(first, names.Get(name)));
    }

    [Fact]
    public void After_1024_names_no_more_are_kept()
    {
        var kept = Enumerable.Range(0, 1024).Select(static i => Encoding.ASCII.GetBytes(i.ToString(CultureInfo.InvariantCulture))).ToArray();
        var texts = kept.Select(name => names.Get(name)).ToArray();

        Assert.Equal("more", names.Get("more"u8));
        Assert.NotSame(names.Get("more"u8), names.Get("more"u8));
        Assert.All(kept.Zip(texts), pair => Assert.Same(pair.Second, names.Get(pair.First)));
    }
}
