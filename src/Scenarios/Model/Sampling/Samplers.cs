using MeshSim.ProxyRuntime.Core;

namespace MeshSim.Scenarios.Model;

/// <summary>Draws from distributions, by plain arithmetic.</summary>
public static class Samplers
{
    /// <summary>Exponential with that mean, in whole nanoseconds.</summary>
    public static long ExponentialNs(RandomStream random, double meanNs) => (long)(-PlainMath.Log(1 - random.NextDouble()) * meanNs);

    /// <summary>Exponential with mean 1.</summary>
    public static double Exponential(RandomStream random) => -PlainMath.Log(1 - random.NextDouble());

    /// <summary>Standard normal, by Marsaglia's polar method; one value a call.</summary>
    public static double Normal(RandomStream random)
    {
        while (true)
        {
            var u = (2 * random.NextDouble()) - 1;
            var v = (2 * random.NextDouble()) - 1;
            var s = (u * u) + (v * v);
            if (s is > 0 and < 1)
            {
                return u * Math.Sqrt(-2 * PlainMath.Log(s) / s);
            }
        }
    }

    /// <summary>Gamma with that shape and scale 1, by Marsaglia and Tsang; shapes below 1 by a power of a uniform.</summary>
    public static double Gamma(RandomStream random, double shape)
    {
        if (shape < 1)
        {
            return Gamma(random, shape + 1) * PlainMath.Pow(Positive(random), 1 / shape);
        }

        var d = shape - (1.0 / 3);
        var c = 1 / Math.Sqrt(9 * d);
        while (true)
        {
            var x = Normal(random);
            var v = 1 + (c * x);
            if (v <= 0)
            {
                continue;
            }

            v = v * v * v;
            if (PlainMath.Log(Positive(random)) < (0.5 * x * x) + d - (d * v) + (d * PlainMath.Log(v)))
            {
                return d * v;
            }
        }
    }

    /// <summary>Uniform in (0, 1].</summary>
    public static double Positive(RandomStream random) => 1 - random.NextDouble();
}
