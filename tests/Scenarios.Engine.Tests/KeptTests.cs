namespace MeshSim.Scenarios.Engine.Tests;

public sealed class KeptTests
{
    [Fact]
    public void What_is_put_is_taken_by_its_number()
    {
        var kept = new Kept<string>();
        var (a, b) = (kept.Put("a"), kept.Put("b"));

        Assert.Equal("b", kept.Take(b));
        Assert.Equal("a", kept.Take(a));
    }

    [Fact]
    public void Numbers_are_used_again()
    {
        var kept = new Kept<string>();
        var number = kept.Put("a");
        _ = kept.Take(number);

        for (var i = 0; i < 1000; i++)
        {
            Assert.Equal(number, kept.Put("b"));
            Assert.Equal("b", kept.Take(number));
        }
    }
}
