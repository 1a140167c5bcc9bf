using MeshSim.ProxyRuntime.Core;

namespace MeshSim.Scenarios.Model;

/// <summary>Draws key numbers from 0 with weight 1/(k+1)^s, by plain arithmetic.</summary>
public sealed class ZipfSampler
{
    private readonly double[] weightUpTo;

    /// <param name="keys">How many keys there are, at least 1.</param>
    /// <param name="exponent">s, 0 or more.</param>
    public ZipfSampler(int keys, double exponent)
    {
        weightUpTo = new double[keys];
        var sum = 0.0;
        for (var key = 0; key < keys; key++)
        {
            sum += PlainMath.Exp(-exponent * PlainMath.Log(key + 1));
            weightUpTo[key] = sum;
        }
    }

    public int Draw(RandomStream random)
    {
        var found = Array.BinarySearch(weightUpTo, random.NextDouble() * weightUpTo[^1]);

        // A key has the weights from the sum before it, itself included, up to its own.
        return Math.Min(found < 0 ? ~found : found + 1, weightUpTo.Length - 1);
    }
}
