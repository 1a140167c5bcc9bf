using MeshSim.ProxyRuntime.Core;

namespace MeshSim.Scenarios.Model.Tests;

public class SamplerTests
{
    [Fact]
    public void Logarithm_and_exponential_agree_with_the_library()
    {
        var random = new RandomStream(17);
        for (var i = 0; i < 20_000; i++)
        {
            var x = random.NextDouble() * Math.Pow(10, random.NextModulo(20) - 10);
            Assert.Equal(Math.Log(x), PlainMath.Log(x), Math.Abs(Math.Log(x) * 1e-13) + 1e-14);
            var y = (random.NextDouble() - 0.5) * 80;
            Assert.Equal(1, PlainMath.Exp(y) / Math.Exp(y), 1e-12);
        }
    }

    /// <summary>The mean of 200 000 draws lies within its 99.9 % interval.</summary>
    [Theory]
    [InlineData(ServiceTimeShape.Constant, 0)]
    [InlineData(ServiceTimeShape.Exponential, 0)]
    [InlineData(ServiceTimeShape.Lognormal, 0.8)]
    public void Service_times_have_the_mean_they_are_given(ServiceTimeShape shape, double sigma)
    {
        const int count = 200_000;
        var time = new ServiceTime(shape, 20_000_000, sigma);
        var random = new RandomStream(23);
        var draws = Enumerable.Range(0, count).Select(_ => (double)time.SampleNs(random)).ToArray();
        var mean = draws.Average();
        var deviation = Math.Sqrt(draws.Sum(d => (d - mean) * (d - mean)) / (count - 1));

        Assert.InRange(20_000_000.0, mean - (3.29 * deviation / Math.Sqrt(count)) - 1, mean + (3.29 * deviation / Math.Sqrt(count)) + 1);
    }
}
