using MeshSim.Scenarios.Library;
using MeshSim.Scenarios.Model;

namespace MeshSim.Silo.Tests;

public class LibraryOutcomeTests
{
    private const string Name = "second-ejection-late";

    /// <summary>Two runs of the same tell nothing apart, and both sides say so.</summary>
    [Fact]
    public void A_fix_that_changes_nothing_is_told()
    {
        var run = LibraryRun.Of(Name);
        var outcome = new LibraryOutcome(run, run with { Name = "the-same" });

        Assert.Equal(
            [
                $"{Name}: the-same meets all its expectations, too, so they do not tell one from the other",
                $"the-same: {Name} meets all its expectations, too, so they do not tell one from the other",
            ],
            outcome.Failures
        );
    }

    [Fact]
    public void An_expectation_that_does_not_hold_is_told_with_what_was_measured()
    {
        var run = LibraryRun.Of(Name);
        var missed = new ExpectationRecord("errors svc >= 1000", "57", Passed: false);

        var outcome = new LibraryOutcome(run with { Result = run.Result with { Expectations = [missed] } }, Fixed: null);

        Assert.Equal([$"{Name}: expected errors svc >= 1000, measured 57"], outcome.Failures);
    }

    [Fact]
    public void A_run_has_the_seed_asked_for_and_1_without_one()
    {
        Assert.Equal(1UL, LibraryRun.Of(Name).Result.Seed);
        Assert.Equal(7UL, LibraryRun.Of(Name, seed: 7).Result.Seed);
    }

    [Fact]
    public void The_name_of_a_variant_means_its_incident()
    {
        Assert.Equal(LibraryCase.Named([Name]).AsEnumerable(), LibraryCase.Named([Name, $"{Name}/fixed"]));
        Assert.Equal(LibraryCase.All, LibraryCase.Named([]).AsEnumerable());
        Assert.Equal(ScenarioLibrary.Alone.Count() + ScenarioLibrary.Incidents.Count(), LibraryCase.All.Count());
    }
}
