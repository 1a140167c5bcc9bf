using MathNet.Numerics.Distributions;
using MathNet.Numerics.Statistics;

namespace MeshSim.Scenarios.Results;

/// <summary>
/// How far the mean of a correlated series may be off. Neighbours are put together into batches, twice as long each time, until means of
/// neighbouring batches are no longer seen to depend on each other; what correlation is left widens the interval as that of a first-order
/// autoregression would.
/// </summary>
/// <param name="Variance">Of the mean.</param>
/// <param name="Freedom">Degrees of freedom behind that variance.</param>
/// <param name="Length">Values in a batch.</param>
public readonly record struct BatchMeans(double Variance, double Freedom, int Length)
{
    /// <summary>All intervals are at this level.</summary>
    public const double Level = 0.99;

    /// <summary>With fewer batches the variance itself is too uncertain to go on.</summary>
    private const int LeastBatches = 10;

    /// <summary>A lag-one correlation beyond so many of its standard errors counts as seen: one in ten series without any.</summary>
    private const double SeenErrors = 1.2816;

    private const double MostCorrelation = 0.9;

    /// <summary>Of fewer values than this nothing can be said.</summary>
    private const int LeastValues = 5;

    public static BatchMeans Of(double[] values)
    {
        if (values.Length < LeastValues)
        {
            return new BatchMeans(double.PositiveInfinity, 1, 1);
        }

        for (var length = 1; ; length *= 2)
        {
            var means = Batches(values, length);
            var correlation = Correlation(means);
            if (correlation * Math.Sqrt(means.Length) <= SeenErrors || means.Length / 2 < LeastBatches)
            {
                var left = Math.Clamp(correlation, 0, MostCorrelation);
                return new BatchMeans(means.Variance() / means.Length * (1 + left) / (1 - left), means.Length - 1, length);
            }
        }
    }

    /// <summary>The variance of the difference of two independent means, with Welch's degrees of freedom.</summary>
    public static BatchMeans Difference(BatchMeans a, BatchMeans b)
    {
        var sum = a.Variance + b.Variance;
        var freedom =
            sum > 0 && double.IsFinite(sum) ? sum * sum / ((a.Variance * a.Variance / a.Freedom) + (b.Variance * b.Variance / b.Freedom)) : a.Freedom + b.Freedom;
        return new BatchMeans(sum, freedom, Math.Max(a.Length, b.Length));
    }

    /// <summary>Half the width of the interval, by Student's t.</summary>
    public double HalfWidth => Variance > 0 ? Math.Sqrt(Variance) * StudentT.InvCDF(0, 1, Freedom, (1 + Level) / 2) : 0;

    /// <summary>Means of neighbours; the last batch also has what is left over.</summary>
    private static double[] Batches(double[] values, int length)
    {
        var count = values.Length / length;
        return
        [
            .. Enumerable
                .Range(0, count)
                .Select(i => values.AsSpan((i * length)..(i == count - 1 ? values.Length : (i + 1) * length)).ToArray().Average()),
        ];
    }

    /// <summary>Between neighbours, without the part that an estimate from a finite series is too low by.</summary>
    private static double Correlation(double[] values)
    {
        var mean = values.Average();
        var (together, alone) = (0.0, 0.0);
        for (var i = 0; i < values.Length; i++)
        {
            alone += (values[i] - mean) * (values[i] - mean);
            together += i == 0 ? 0 : (values[i] - mean) * (values[i - 1] - mean);
        }

        return alone > 0 ? (together / alone) + (1.0 / values.Length) : 0;
    }
}
