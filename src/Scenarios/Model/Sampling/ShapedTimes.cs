using System.Globalization;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.Scenarios.Model;

/// <summary>Pareto: P(T &gt; t) = (least/t)^alpha. Many short times and a few very long ones.</summary>
/// <param name="MeanNs">The mean, nanoseconds.</param>
/// <param name="Alpha">Above 1. From 2 down the variance is infinite.</param>
public sealed record ParetoTime(long MeanNs, double Alpha) : TimeModel
{
    private readonly double leastNs = MeanNs * (Alpha - 1) / Alpha;

    public override double AverageNs => MeanNs;

    public override long SampleNs(RandomStream random) => Whole(leastNs * PlainMath.Pow(Samplers.Positive(random), -1 / Alpha));

    public override string ToText() => string.Create(CultureInfo.InvariantCulture, $"{{pareto: {Units.Duration(MeanNs)}, alpha: {Alpha:R}}}");
}

/// <summary>Weibull: P(T &gt; t) = e^−(t/scale)^shape. Shape 1 is exponential, above it is more regular, below it has a heavier tail.</summary>
/// <param name="MeanNs">The mean, nanoseconds.</param>
public sealed record WeibullTime(double MeanNs, double Shape) : TimeModel
{
    private readonly double scaleNs = MeanNs / PlainMath.Exp(PlainMath.LogGamma(1 + (1 / Shape)));

    public override double AverageNs => MeanNs;

    public override long SampleNs(RandomStream random) =>
        Samplers.Exponential(random) is var drawn and > 0 ? Whole(scaleNs * PlainMath.Pow(drawn, 1 / Shape)) : 0;

    public override string ToText() => string.Create(CultureInfo.InvariantCulture, $"{{weibull: {Units.Duration(MeanNs)}, shape: {Shape:R}}}");
}

/// <summary>Gamma; with a whole number as its shape it is Erlang, the sum of so many exponential times.</summary>
/// <param name="MeanNs">The mean, nanoseconds.</param>
/// <param name="Shape">Squared coefficient of variation is 1 over it.</param>
public sealed record GammaTime(long MeanNs, double Shape) : TimeModel
{
    public override double AverageNs => MeanNs;

    public override long SampleNs(RandomStream random) => Whole(MeanNs / Shape * Samplers.Gamma(random, Shape));

    public override string ToText() => string.Create(CultureInfo.InvariantCulture, $"{{gamma: {Units.Duration(MeanNs)}, shape: {Shape:R}}}");
}

/// <summary>Every time between two bounds is as likely.</summary>
public sealed record UniformTime(long FromNs, long ToNs) : TimeModel
{
    public override double AverageNs => (FromNs + (double)ToNs) / 2;

    public override long SampleNs(RandomStream random) => FromNs + (long)(random.NextDouble() * (ToNs - FromNs));

    public override string ToText() => $"{{uniform: {{from: {Units.Duration(FromNs)}, to: {Units.Duration(ToNs)}}}}}";
}

/// <summary>Two kinds of requests that look alike: a share takes the slow time.</summary>
/// <param name="SlowShare">0 to 1.</param>
public sealed record BimodalTime(TimeModel Fast, TimeModel Slow, double SlowShare) : TimeModel
{
    public override double AverageNs => ((1 - SlowShare) * Fast.AverageNs) + (SlowShare * Slow.AverageNs);

    public override long SampleNs(RandomStream random) => (random.NextDouble() < SlowShare ? Slow : Fast).SampleNs(random);

    public override string ToText() =>
        string.Create(CultureInfo.InvariantCulture, $"{{bimodal: {{fast: {Fast.ToText()}, slow: {Slow.ToText()}, slow_share: {100 * SlowShare:R}%}}}}");
}
