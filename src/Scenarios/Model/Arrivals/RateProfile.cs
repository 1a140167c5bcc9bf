using System.Collections.Immutable;

namespace MeshSim.Scenarios.Model;

/// <summary>A rate over time: straight from point to point, and for ever as at the last one. Two points at one time are a jump.</summary>
/// <param name="Points">In the order of time, the first at 0. Seconds since the load began, and arrivals a second.</param>
public sealed record RateProfile(ImmutableArray<(double TimeS, double Rate)> Points)
{
    private const int PiecesOfSine = 48;

    /// <summary>The mean over the time of a load, a second.</summary>
    public double MeanRate(double lengthS)
    {
        var sum = 0.0;
        for (var i = 0; i < Points.Length; i++)
        {
            var from = Math.Min(Points[i].TimeS, lengthS);
            var until = i + 1 < Points.Length ? Math.Min(Points[i + 1].TimeS, lengthS) : lengthS;
            var (rate, slope, _) = At(i, from);
            sum += ((until - from) * rate) + (slope * (until - from) * (until - from) / 2);
        }

        return sum / lengthS;
    }

    public static RateProfile Constant(double rate) => new([(0, rate)]);

    /// <summary>From one rate to another in a straight line.</summary>
    public static RateProfile Ramp(double from, double to, double overS) => new([(0, from), (overS, to)]);

    /// <summary>A rate from each time on.</summary>
    public static RateProfile Steps(IEnumerable<(double TimeS, double Rate)> steps)
    {
        var points = ImmutableArray.CreateBuilder<(double TimeS, double Rate)>();
        foreach (var (time, rate) in steps)
        {
            points.Add((time, points.Count == 0 ? rate : points[^1].Rate));
            points.Add((time, rate));
        }

        return new RateProfile(points[0].TimeS > 0 ? [(0, 0), (points[0].TimeS, 0), .. points] : points.ToImmutable());
    }

    /// <summary>Another rate for a while, again and again.</summary>
    public static RateProfile Bursts(double rate, double burstRate, double everyS, double forS, double lengthS) =>
        Steps(Enumerable.Range(0, (int)(lengthS / everyS) + 1).SelectMany(i => new[] { (i * everyS, burstRate), ((i * everyS) + forS, rate) }));

    /// <summary>A sine around a rate, in straight pieces of a 48th of its period.</summary>
    /// <param name="amplitude">Share of the rate, 0 to 1.</param>
    /// <param name="phase">Where in its period it begins, 0 to 1.</param>
    public static RateProfile Sine(double rate, double amplitude, double periodS, double phase, double lengthS) =>
        new([
            .. Enumerable
                .Range(0, (int)(lengthS / periodS * PiecesOfSine) + 2)
                .Select(i => (i * periodS / PiecesOfSine, rate * (1 + (amplitude * PlainMath.SineOfTurns(phase + ((double)i / PiecesOfSine)))))),
        ]);

    /// <summary>Rate and slope at a time within a segment, and when that ends.</summary>
    internal (double Rate, double Slope, double EndS) At(int segment, double timeS)
    {
        var (beginS, begin) = Points[segment];
        if (segment + 1 == Points.Length)
        {
            return (begin, 0, double.PositiveInfinity);
        }

        var (endS, end) = Points[segment + 1];
        var slope = endS > beginS ? (end - begin) / (endS - beginS) : 0;
        return (begin + (slope * (timeS - beginS)), slope, endS);
    }
}
