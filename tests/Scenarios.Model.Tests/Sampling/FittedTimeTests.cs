using MathNet.Numerics.Distributions;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.Scenarios.Model.Tests;

public class FittedTimeTests
{
    private const double Ms = 1e6;

    [Fact]
    public void Quantiles_of_a_lognormal_give_it_back()
    {
        var fitted = Fit(static share => LogNormal.InvCDF(3, 0.7, share), 0.5, 0.9, 0.99);

        Assert.StartsWith("lognormal, mean 25.66", fitted.Shape, StringComparison.Ordinal);
        Assert.Contains("sigma 0.7;", fitted.Report(), StringComparison.Ordinal);
        Assert.Equal(0, fitted.Error, 1e-9);
        Assert.Equal(Math.Exp(3 + (0.49 / 2)), fitted.AverageNs / Ms, 1e-5);
    }

    [Fact]
    public void Quantiles_of_a_Weibull_give_it_back()
    {
        var fitted = Fit(static share => 20 * Math.Pow(-Math.Log(1 - share), 1 / 1.8), 0.25, 0.5, 0.95);

        Assert.StartsWith("Weibull, mean 17.786 ms, shape 1.8", fitted.Shape, StringComparison.Ordinal);
        Assert.Equal(0, fitted.Error, 1e-9);
    }

    /// <summary>Between 12 and 180 ms no lognormal and no Weibull fits; the points are met all the same, and what is drawn has them.</summary>
    [Fact]
    public void What_no_shape_fits_is_met_point_by_point()
    {
        var fitted = FittedTime.Of([new(0.5, 12 * Ms), new(0.95, 30 * Ms), new(0.99, 180 * Ms)]);
        var random = new RandomStream(3);
        var draws = Enumerable.Range(0, 200_000).Select(_ => fitted.SampleNs(random) / Ms).Order().ToArray();

        Assert.StartsWith("the points joined", fitted.Shape, StringComparison.Ordinal);
        Assert.Equal(0, fitted.Error, 1e-9);
        foreach (var (share, value) in ((double, double)[])[(0.5, 12), (0.95, 30), (0.99, 180)])
        {
            var below = draws.Count(draw => draw <= value) / 200_000.0;
            Assert.InRange(below, share - (3.29 * Math.Sqrt(share * (1 - share) / 200_000)), share + (3.29 * Math.Sqrt(share * (1 - share) / 200_000)));
        }
    }

    [Fact]
    public void One_quantile_means_exponential() => Assert.Equal(20 / Math.Log(2), FittedTime.Of([new(0.5, 20 * Ms)]).AverageNs / Ms, 1e-9);

    private static FittedTime Fit(Func<double, double> quantile, params double[] shares) =>
        FittedTime.Of([.. shares.Select(share => new QuantilePoint(share, quantile(share) * Ms))]);
}
