using System.Collections.Immutable;
using System.Globalization;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.Scenarios.Model;

/// <summary>A time with exactly these quantiles; between and beyond them it runs on as a lognormal one would through its two neighbours.</summary>
public sealed record JoinedTime : TimeModel
{
    private const int Steps = 10_000;
    private readonly ImmutableArray<QuantilePoint> points;
    private readonly double[] normal;

    /// <param name="points">At least two, in order.</param>
    public JoinedTime(ImmutableArray<QuantilePoint> points)
    {
        this.points = points;
        normal = [.. points.Select(static point => PlainMath.NormalQuantile(point.Share))];
        AverageNs = Enumerable.Range(0, Steps).Average(i => QuantileNs((i + 0.5) / Steps));
    }

    public override double AverageNs { get; }

    public double QuantileNs(double share)
    {
        var z = PlainMath.NormalQuantile(share);
        var after = 1;
        while (after < normal.Length - 1 && normal[after] < z)
        {
            after++;
        }

        var (low, high) = (PlainMath.Log(points[after - 1].ValueNs), PlainMath.Log(points[after].ValueNs));
        return PlainMath.Exp(low + ((high - low) * (z - normal[after - 1]) / (normal[after] - normal[after - 1])));
    }

    public override long SampleNs(RandomStream random) => Whole(QuantileNs(Math.Clamp(random.NextDouble(), 1e-15, 1 - 1e-15)));

    public override string ToText() =>
        $"{{quantiles: {{{string.Join(", ", points.Select(static point => string.Create(CultureInfo.InvariantCulture, $"p{100 * point.Share:R}: {Units.Duration((long)point.ValueNs)}")))}}}}}";
}
