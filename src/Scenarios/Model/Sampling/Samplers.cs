using MeshSim.ProxyRuntime.Core;

namespace MeshSim.Scenarios.Model;

/// <summary>Draws from distributions, by plain arithmetic.</summary>
public static class Samplers
{
    /// <summary>Exponential with that mean, in whole nanoseconds.</summary>
    public static long ExponentialNs(RandomStream random, double meanNs) => (long)(-PlainMath.Log(1 - random.NextDouble()) * meanNs);

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
}
