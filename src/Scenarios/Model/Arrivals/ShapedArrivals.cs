using MeshSim.ProxyRuntime.Core;

namespace MeshSim.Scenarios.Model;

/// <summary>
/// Arrivals at a rate that changes: the next is when the rate, summed up over time, has grown by a drawn amount of mean 1, or by exactly 1
/// where arrivals are regular.
/// </summary>
public sealed class ShapedArrivals : ArrivalProcess
{
    private const double Second = MonotonicTime.NanosecondsPerSecond;

    private readonly LoadModel load;
    private readonly RandomStream random;
    private readonly RateProfile profile;
    private int segment;
    private double lastS;

    public ShapedArrivals(LoadModel load, RandomStream random)
    {
        this.load = load;
        this.random = random;
        profile = load.Profile ?? RateProfile.Constant(load.RatePerSecond);
    }

    public override long? NextNs()
    {
        var due = load.IsRegular ? 1 : Samplers.Exponential(random);
        while (segment < profile.Points.Length)
        {
            var (rate, slope, endS) = profile.At(segment, lastS);
            var possible = endS - lastS;
            var area = double.IsPositiveInfinity(endS) ? (rate > 0 ? double.PositiveInfinity : 0) : (rate * possible) + (slope * possible * possible / 2);
            if (area >= due)
            {
                lastS += 2 * due / (rate + Math.Sqrt((rate * rate) + (2 * slope * due)));
                var time = load.FromNs + (long)(lastS * Second);
                return time < load.UntilNs ? time : null;
            }

            due -= area;
            lastS = endS;
            segment++;
        }

        return null;
    }
}
