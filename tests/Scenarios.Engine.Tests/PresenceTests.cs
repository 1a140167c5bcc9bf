namespace MeshSim.Scenarios.Engine.Tests;

public sealed class StationTests
{
    private readonly Presence presence = new();

    public StationTests()
    {
        presence.Enter(nowNs: 10);
        presence.Enter(nowNs: 25);
        presence.Leave(nowNs: 40, enteredNs: 10);
    }

    [Fact]
    public void The_law_holds_while_some_have_left_and_some_are_there()
    {
        presence.Check("pod", nowNs: 100, enteredNs: [25]);

        Assert.Equal(1, presence.Number);
    }

    [Theory]
    [InlineData(new long[0])]
    [InlineData(new long[] { 25, 25 })]
    [InlineData(new long[] { 26 })]
    public void Those_that_are_there_must_be_those_that_came_and_have_not_left(long[] there)
    {
        var broken = Assert.Throws<InvalidOperationException>(() => presence.Check("pod", nowNs: 100, there));

        Assert.StartsWith("Little's law does not hold at pod: 1 requests and 105 ns by their number, ", broken.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void One_that_leaves_twice_is_noticed()
    {
        presence.Leave(nowNs: 40, enteredNs: 10);

        _ = Assert.Throws<InvalidOperationException>(() => presence.Check("pod", nowNs: 100, enteredNs: [25]));
    }

    [Fact]
    public void One_that_leaves_with_the_time_of_another_is_noticed()
    {
        presence.Leave(nowNs: 50, enteredNs: 10);

        _ = Assert.Throws<InvalidOperationException>(() => presence.Check("pod", nowNs: 100, enteredNs: []));
    }
}
