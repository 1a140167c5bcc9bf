using MeshSim.ProxyRuntime.Core;

namespace MeshSim.Scenarios.Model.Tests;

public class PoissonArrivalsTests
{
    private const long Second = 1_000_000_000;

    [Fact]
    public void They_keep_their_rate_within_their_time()
    {
        var times = All(New(rate: 200, from: 5 * Second, until: 105 * Second));

        Assert.InRange(times.Count, 20_000 - 560, 20_000 + 560); // Four deviations.
        Assert.True(times[0] >= 5 * Second && times[^1] < 105 * Second);
        Assert.Equal(times.Order(), times);
    }

    [Fact]
    public void After_the_end_there_are_none()
    {
        var arrivals = New(rate: 10, from: 0, until: Second);
        _ = All(arrivals);

        Assert.Null(arrivals.NextNs());
        Assert.Null(New(rate: 0, from: 0, until: Second).NextNs());
    }

    private static List<long> All(PoissonArrivals arrivals)
    {
        var times = new List<long>();
        while (arrivals.NextNs() is { } next)
        {
            times.Add(next);
        }

        return times;
    }

    private static PoissonArrivals New(double rate, long from, long until) =>
        new(new LoadModel("gateway", rate, from, until, "GET", "/", "svc", Second), new RandomSource(3).Derive("arrivals"));
}
