namespace MeshSim.Silo.Tests;

/// <summary>Everything that comes with meshsim comes out as it says; each incident happens, and its fix mends it.</summary>
public class LibraryTests
{
    public static TheoryData<string> Names => [.. LibraryCase.All.Select(static one => one.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void What_is_expected_comes_out(string name)
    {
        var outcome = Assert.Single(LibraryCase.Named([name])).Run();

        Assert.All(outcome.Runs, static run => Assert.NotEmpty(run.Scenario.Expectations));
        Assert.Empty(outcome.Failures);
    }
}
