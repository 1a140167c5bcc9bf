using System.Collections.Immutable;
using System.Globalization;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.Scenarios.Model;

/// <summary>A point of a distribution: this share of the times is at most so long.</summary>
/// <param name="Share">Above 0 and below 1.</param>
/// <param name="ValueNs">Above 0.</param>
public readonly record struct QuantilePoint(double Share, double ValueNs);

/// <summary>
/// A time that is known by some of its quantiles: lognormal or Weibull, whichever comes nearer, by least squares of the logarithms. Where
/// neither comes within 5 % of every point, the points themselves are joined, so that each is met.
/// </summary>
public sealed record FittedTime : TimeModel
{
    /// <summary>A shape farther off than this is not taken.</summary>
    public const double WorstError = 0.05;

    private FittedTime(TimeModel model, string shape, ImmutableArray<QuantilePoint> points, Func<double, double> quantileNs)
    {
        Model = model;
        Shape = shape;
        Points = points;
        QuantileNs = quantileNs;
        Error = points.Max(point => Math.Abs((quantileNs(point.Share) / point.ValueNs) - 1));
    }

    public TimeModel Model { get; }

    /// <summary>The shape taken and its parameters.</summary>
    public string Shape { get; }

    public ImmutableArray<QuantilePoint> Points { get; }

    /// <summary>What the taken shape has at each share.</summary>
    public Func<double, double> QuantileNs { get; }

    /// <summary>The largest relative difference at a point.</summary>
    public double Error { get; }

    public override double AverageNs => Model.AverageNs;

    /// <param name="points">At least one, in order, shares and values growing.</param>
    public static FittedTime Of(ImmutableArray<QuantilePoint> points)
    {
        if (points.Length == 1)
        {
            return Weibull(points, Line(points, static share => PlainMath.Log(-PlainMath.Log(1 - share)), slope: 1));
        }

        var nearer = Nearer(points);
        return nearer.Error <= WorstError ? nearer : Joined(points);
    }

    /// <summary>Lognormal or Weibull, whichever comes nearer, however far off.</summary>
    /// <param name="points">At least two, in order, shares and values growing.</param>
    public static FittedTime Nearer(ImmutableArray<QuantilePoint> points)
    {
        var lognormal = Lognormal(points, Line(points, PlainMath.NormalQuantile));
        var weibull = Weibull(points, Line(points, static share => PlainMath.Log(-PlainMath.Log(1 - share))));
        return weibull.Error < lognormal.Error - 1e-9 ? weibull : lognormal;
    }

    public override long SampleNs(RandomStream random) => Model.SampleNs(random);

    public override string ToText() => Model.ToText();

    /// <summary>What was given and what was taken for it, in one line.</summary>
    public string Report() =>
        $"{Shape}; {string.Join(", ", Points.Select(point => string.Create(CultureInfo.InvariantCulture, $"p{100 * point.Share:0.####} {point.ValueNs / 1e6:0.###} ms -> {QuantileNs(point.Share) / 1e6:0.###} ms")))}; at most {(100 * Error).ToString("0.0", CultureInfo.InvariantCulture)} % off";

    private static FittedTime Lognormal(ImmutableArray<QuantilePoint> points, (double Offset, double Slope) line)
    {
        var mean = PlainMath.Exp(line.Offset + (line.Slope * line.Slope / 2));
        return new FittedTime(
            new ServiceTime(ServiceTimeShape.Lognormal, Whole(mean), line.Slope),
            string.Create(CultureInfo.InvariantCulture, $"lognormal, mean {mean / 1e6:0.###} ms, sigma {line.Slope:0.####}"),
            points,
            share => PlainMath.Exp(line.Offset + (line.Slope * PlainMath.NormalQuantile(share)))
        );
    }

    private static FittedTime Weibull(ImmutableArray<QuantilePoint> points, (double Offset, double Slope) line)
    {
        var shape = 1 / Math.Max(line.Slope, 1e-3);
        var mean = PlainMath.Exp(line.Offset + PlainMath.LogGamma(1 + (1 / shape)));
        return new FittedTime(
            new WeibullTime(mean, shape),
            string.Create(CultureInfo.InvariantCulture, $"Weibull, mean {mean / 1e6:0.###} ms, shape {shape:0.####}"),
            points,
            share => PlainMath.Exp(line.Offset + (line.Slope * PlainMath.Log(-PlainMath.Log(1 - share))))
        );
    }

    private static FittedTime Joined(ImmutableArray<QuantilePoint> points)
    {
        var joined = new JoinedTime(points);
        return new FittedTime(joined, "the points joined (no lognormal or Weibull within 5 %)", points, joined.QuantileNs);
    }

    /// <summary>The line through the logarithms of the values that has the least squares.</summary>
    /// <param name="slope">Given; null to find it.</param>
    private static (double Offset, double Slope) Line(ImmutableArray<QuantilePoint> points, Func<double, double> abscissa, double? slope = null)
    {
        var meanX = points.Average(point => abscissa(point.Share));
        var meanY = points.Average(static point => PlainMath.Log(point.ValueNs));
        if (slope is not { } found)
        {
            var products = points.Sum(point => (abscissa(point.Share) - meanX) * (PlainMath.Log(point.ValueNs) - meanY));
            found = products / points.Sum(point => (abscissa(point.Share) - meanX) * (abscissa(point.Share) - meanX));
        }

        return (meanY - (found * meanX), found);
    }
}
