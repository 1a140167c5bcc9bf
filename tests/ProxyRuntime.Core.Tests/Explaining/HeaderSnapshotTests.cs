namespace MeshSim.ProxyRuntime.Core.Tests;

public class HeaderSnapshotTests
{
    [Fact]
    public void Changes_are_told_name_by_name()
    {
        var before = Of(("a", "1"), ("B", "2"), ("gone", "3"), ("c", "4"), ("c", "5"), ("same", "6"));
        var after = Of(("b", "3"), ("c", "5"), ("A", "1"), ("c", "7"), ("same", "6"), ("new", "8"));

        Assert.Equal(
            [
                new HeaderChange("B", "2", "3"),
                new HeaderChange("gone", "3", null),
                new HeaderChange("c", "4", null),
                new HeaderChange("c", null, "7"),
                new HeaderChange("new", null, "8"),
            ],
            before.ChangesTo(after).AsEnumerable()
        );
    }

    [Fact]
    public void Nothing_changed_is_nothing_to_tell() => Assert.Empty(Of(("a", "1"), ("a", "2")).ChangesTo(Of(("a", "1"), ("a", "2"))));

    [Fact]
    public void Values_that_change_places_are_the_same_values()
    {
        Assert.Empty(Of(("a", "1"), ("a", "2")).ChangesTo(Of(("a", "2"), ("a", "1"))));
        Assert.Equal([new HeaderChange("a", null, "1")], Of(("a", "1"), ("a", "2")).ChangesTo(Of(("a", "1"), ("a", "1"), ("a", "2"))).AsEnumerable());
    }

    private static HeaderSnapshot Of(params (string Name, string Value)[] lines) =>
        new([.. lines.Select(static line => new HeaderLine(line.Name, line.Value))]);
}
