using MeshSim.ProxyRuntime.Core;

namespace MeshSim.Scenarios.Model.Tests;

public class ShapedArrivalsTests
{
    private const long Second = 1_000_000_000;

    [Fact]
    public void Regular_arrivals_are_equally_far_apart()
    {
        var times = All(Load(RateProfile.Constant(4)) with { IsRegular = true, FromNs = Second, UntilNs = 3 * Second });

        Assert.Equal([1.25, 1.5, 1.75, 2, 2.25, 2.5, 2.75], times.Select(static time => time / 1e9));
    }

    /// <summary>From 0 to 10 a second over 10 s are 50; the n-th comes when t²/2 is n.</summary>
    [Fact]
    public void A_ramp_sums_up_its_rate()
    {
        var times = All(Load(RateProfile.Ramp(0, 10, 10)) with { IsRegular = true, UntilNs = 11 * Second });

        Assert.Equal(
            Enumerable.Range(1, 50).Select(static n => Math.Sqrt(2 * n)),
            times.Take(50).Select(static time => time / 1e9),
            static (a, b) => Math.Abs(a - b) < 1e-6
        );
        Assert.InRange(times.Count, 59, 60);
    }

    /// <summary>Counts in each half period, or burst and pause, lie within the 99.9 % intervals of Poisson counts of the rate's sum.</summary>
    [Fact]
    public void Random_arrivals_follow_the_rate()
    {
        var bursts = All(Load(RateProfile.Bursts(100, 1000, 10, 2, 400)));
        var inBurst = bursts.Count(static time => time / 1e9 % 10 < 2);
        var sine = All(Load(RateProfile.Sine(200, 0.5, 40, 0, 400)));
        var up = sine.Count(static time => time / 1e9 % 40 < 20);
        var steps = All(Load(RateProfile.Steps([(100, 50), (200, 0), (300, 100)])));

        Assert.InRange(inBurst, 80_000 - (3.29 * Math.Sqrt(80_000)), 80_000 + (3.29 * Math.Sqrt(80_000)));
        Assert.InRange(bursts.Count - inBurst, 32_000 - (3.29 * Math.Sqrt(32_000)), 32_000 + (3.29 * Math.Sqrt(32_000)));
        var expected = 200 * 200 * (1 + (0.5 * 2 / Math.PI));
        Assert.InRange(up, (expected * 0.999) - (3.29 * Math.Sqrt(expected)), expected + (3.29 * Math.Sqrt(expected)));
        Assert.InRange(sine.Count, 80_000 - (3.29 * Math.Sqrt(80_000)), 80_000 + (3.29 * Math.Sqrt(80_000)));
        Assert.All(steps, static time => Assert.True(time / Second is (>= 100 and < 200) or >= 300));
        Assert.InRange(steps.Count, 15_000 - (3.29 * Math.Sqrt(15_000)), 15_000 + (3.29 * Math.Sqrt(15_000)));
        Assert.Equal(
            [280, 200, 37.5],
            [
                .. new[]
                {
                    RateProfile.Bursts(100, 1000, 10, 2, 400),
                    RateProfile.Sine(200, 0.5, 40, 0, 400),
                    RateProfile.Steps([(100, 50), (200, 0), (300, 100)]),
                }.Select(static p => Math.Round(p.MeanRate(400), 6)),
            ]
        );
    }

    [Fact]
    public void Recorded_times_are_taken_as_they_are()
    {
        var load = Load(RateProfile.Constant(1)) with
        {
            Trace = new LoadTrace([new(5, null), new(Second, null), new(2 * Second, null)], 1, 0),
            FromNs = 10,
            UntilNs = 2 * Second,
        };

        Assert.Equal([15, Second + 10], All(load));
    }

    [Theory]
    [InlineData(RetryJitter.None, 100)]
    [InlineData(RetryJitter.Full, 0)]
    [InlineData(RetryJitter.Equal, 50)]
    public void Waits_double_up_to_the_longest(RetryJitter jitter, long leastPercent)
    {
        var retry = new ClientRetry(10, [0], 100, 1000, jitter);
        var random = new RandomStream(1);
        var waits = Enumerable.Range(1, 5).Select(made => retry.WaitNs(made, 0, random)).ToArray();

        Assert.All(waits.Zip([100, 200, 400, 800, 1000]), pair => Assert.InRange(pair.First, pair.Second * leastPercent / 100, pair.Second));
    }

    private static LoadModel Load(RateProfile profile) => new("gateway", 0, 0, 400 * Second, "GET", "/", "svc", Second) { Profile = profile };

    private static List<long> All(LoadModel load)
    {
        var arrivals = ArrivalProcess.Of(load, new RandomSource(11));
        List<long> times = [];
        while (arrivals.NextNs() is { } next)
        {
            times.Add(next);
        }

        return times;
    }
}
