using MathNet.Numerics.Distributions;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.Scenarios.Model.Tests;

/// <summary>Own samplers, held against the distributions of MathNet: seeds are fixed, intervals are of 99.9 %.</summary>
public class TimeModelTests
{
    private const double Ms = 1e6;
    private const int Draws = 200_000;

    public static TheoryData<string> Names => [.. Models.Keys];

    private static readonly Dictionary<string, (TimeModel Own, Func<double, double> Cumulative)> Models = new(StringComparer.Ordinal)
    {
        ["exponential"] = (new ServiceTime(ServiceTimeShape.Exponential, 20_000_000), static ms => Exponential.CDF(1 / 20.0, ms)),
        ["lognormal"] = (new ServiceTime(ServiceTimeShape.Lognormal, 20_000_000, 0.8), static ms => LogNormal.CDF(Math.Log(20) - 0.32, 0.8, ms)),
        ["pareto"] = (new ParetoTime(20_000_000, 2.5), static ms => ms < 12 ? 0 : Pareto.CDF(12, 2.5, ms)),
        ["weibull"] = (new WeibullTime(20 * Ms, 1.5), static ms => Weibull.CDF(1.5, 20 / MathNet.Numerics.SpecialFunctions.Gamma(1 + (1 / 1.5)), ms)),
        ["weibull, heavy"] = (new WeibullTime(20 * Ms, 0.5), static ms => Weibull.CDF(0.5, 10, ms)),
        ["gamma"] = (new GammaTime(20_000_000, 2.5), static ms => Gamma.CDF(2.5, 2.5 / 20, ms)),
        ["gamma, below 1"] = (new GammaTime(20_000_000, 0.4), static ms => Gamma.CDF(0.4, 0.4 / 20, ms)),
        ["erlang"] = (new GammaTime(20_000_000, 4), static ms => Erlang.CDF(4, 4 / 20.0, ms)),
        ["uniform"] = (new UniformTime(5_000_000, 15_000_000), static ms => ContinuousUniform.CDF(5, 15, ms)),
        ["bimodal"] = (
            new BimodalTime(new UniformTime(0, 10_000_000), new ServiceTime(ServiceTimeShape.Exponential, 100_000_000), 0.1),
            static ms => (0.9 * ContinuousUniform.CDF(0, 10, ms)) + (0.1 * Exponential.CDF(0.01, ms))
        ),
    };

    /// <summary>Shares below ten places lie within their binomial intervals of MathNet's, and the mean within its own.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void A_sampler_has_the_distribution_of_the_reference(string name)
    {
        var (own, cumulative) = Models[name];
        var random = new RandomStream(31);
        var draws = Enumerable.Range(0, Draws).Select(_ => own.SampleNs(random) / Ms).Order().ToArray();

        for (var i = 1; i < 11; i++)
        {
            var place = draws[Draws * i / 11];
            var share = cumulative(place);
            var around = 3.29 * Math.Sqrt(share * (1 - share) / Draws);
            Assert.InRange((double)(Draws * i / 11) / Draws, share - around - 1e-5, share + around + 1e-5);
        }

        if (name != "pareto") // Its fourth moment is infinite: the interval of the mean says little.
        {
            var mean = draws.Average();
            var half = 3.29 * Math.Sqrt(draws.Sum(draw => (draw - mean) * (draw - mean)) / Draws / Draws);
            Assert.InRange(own.AverageNs / Ms, mean - half, mean + half);
        }
    }

    [Fact]
    public void Measured_times_are_drawn_by_their_weights()
    {
        var own = new EmpiricalTime([(1, 1), (2, 3), (3, 6)]);
        var random = new RandomStream(7);
        var counts = Enumerable.Range(0, 100_000).Select(_ => own.SampleNs(random)).CountBy(static value => value).ToDictionary();

        Assert.Equal(2.5, own.AverageNs, 12);
        foreach (var (value, share) in ((long, double)[])[(1, 0.1), (2, 0.3), (3, 0.6)])
        {
            Assert.InRange(counts[value] / 1e5, share - (3.29 * Math.Sqrt(share * (1 - share) / 1e5)), share + (3.29 * Math.Sqrt(share * (1 - share) / 1e5)));
        }
    }

    [Fact]
    public void Plain_functions_agree_with_the_reference()
    {
        var random = new RandomStream(19);
        for (var i = 0; i < 5_000; i++)
        {
            var p = Math.Clamp(random.NextDouble(), 1e-12, 1 - 1e-12);
            Assert.Equal(Normal.InvCDF(0, 1, p), PlainMath.NormalQuantile(p), 1e-9);
            var x = (random.NextDouble() * 50) + 0.05;
            Assert.Equal(MathNet.Numerics.SpecialFunctions.GammaLn(x), PlainMath.LogGamma(x), 1e-9);
            var turns = (random.NextDouble() - 0.5) * 20;
            Assert.Equal(Math.Sin(2 * Math.PI * turns), PlainMath.SineOfTurns(turns), 1e-12);
            var power = (random.NextDouble() - 0.5) * 10;
            Assert.Equal(1, PlainMath.Pow(x, power) / Math.Pow(x, power), 1e-11);
        }

        Assert.Equal(Normal.InvCDF(0, 1, 1e-14), PlainMath.NormalQuantile(1e-14), 1e-7);
    }
}
