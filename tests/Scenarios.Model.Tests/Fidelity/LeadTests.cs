namespace MeshSim.Scenarios.Model.Tests;

public class LeadTests
{
    [Fact]
    public void Load_and_faults_come_later_and_an_end_that_never_comes_stays()
    {
        var setUp = ExperimentFile.Load().Experiment!.SetUp with { Faults = [new SlowFault("a", [], 2, 5, long.MaxValue), new DownFault("b", [], 7, 9)] };

        var delayed = Lead.Delay(setUp, 1_000);

        Assert.Equal(setUp.DurationNs + 1_000, delayed.DurationNs);
        Assert.Equal(setUp.Load.Select(load => (load.FromNs + 1_000, load.UntilNs + 1_000)), delayed.Load.Select(load => (load.FromNs, load.UntilNs)));
        Assert.Equal([new SlowFault("a", [], 2, 1_005, long.MaxValue), new DownFault("b", [], 1_007, 1_009)], delayed.Faults.ToArray());
    }

    [Fact]
    public void Each_seed_has_its_own_lead()
    {
        long[] leads = [.. Enumerable.Range(1, 60).Select(seed => Lead.OfSeed((ulong)seed))];

        Assert.All(leads, lead => Assert.InRange(lead, 1_000_000_000, 1_999_999_999));
        Assert.Equal(leads.Length, leads.Distinct().Count());
        Assert.Equal(leads[6], Lead.OfSeed(7));
    }
}
