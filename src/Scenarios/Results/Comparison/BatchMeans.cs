using MathNet.Numerics.Distributions;

namespace MeshSim.Scenarios.Results;

/// <summary>
/// How far the mean of a correlated series may be off. Neighbours are put together into batches, twice as long each time, until means of
/// neighbouring batches are no longer seen to depend on each other; what correlation is left widens the interval as that of a first-order
/// autoregression would. What is the same throughout a phase of the scenario – a fault that acts, a load that comes – is no uncertainty:
/// variation is measured within phases.
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

    /// <param name="phases">Where phases begin; the first value begins one anyway.</param>
    public static BatchMeans Of(double[] values, params IEnumerable<int> phases)
    {
        int[] starts = [0, .. Phases(values.Length, phases)];
        if (values.Length < LeastValues + starts.Length - 1)
        {
            return new BatchMeans(double.PositiveInfinity, 1, 1);
        }

        var rest = WithoutPhases(values, starts);
        for (var length = 1; ; length *= 2)
        {
            var means = Batches(rest, length);
            var freedom = means.Length - starts.Length;
            var correlation = Correlation(means, starts.Length);
            if (correlation * Math.Sqrt(means.Length) <= SeenErrors || (means.Length / 2) - starts.Length < LeastBatches - 1)
            {
                var left = Math.Clamp(correlation, 0, MostCorrelation);
                var variance = means.Sum(static mean => mean * mean) / freedom / means.Length;
                return new BatchMeans(variance * (1 + left) / (1 - left), freedom, length);
            }
        }
    }

    /// <summary>The variance of the difference of two independent means, with Welch's degrees of freedom.</summary>
    public static BatchMeans Difference(BatchMeans a, BatchMeans b)
    {
        var sum = a.Variance + b.Variance;
        var freedom =
            sum > 0 && double.IsFinite(sum)
                ? sum * sum / ((a.Variance * a.Variance / a.Freedom) + (b.Variance * b.Variance / b.Freedom))
                : a.Freedom + b.Freedom;
        return new BatchMeans(sum, freedom, Math.Max(a.Length, b.Length));
    }

    /// <summary>Half the width of the interval, by Student's t.</summary>
    public double HalfWidth => Variance > 0 ? Math.Sqrt(Variance) * StudentT.InvCDF(0, 1, Freedom, (1 + Level) / 2) : 0;

    /// <summary>Begins of phases after the first. One too short to tell variation from level belongs to the one before.</summary>
    private static List<int> Phases(int length, IEnumerable<int> phases)
    {
        var kept = new List<int>();
        foreach (var start in phases.Where(start => start >= LeastValues && start <= length - LeastValues).Order())
        {
            if (kept.Count == 0 || start - kept[^1] >= LeastValues)
            {
                kept.Add(start);
            }
        }

        return kept;
    }

    /// <summary>The values less the mean of their phase.</summary>
    private static double[] WithoutPhases(double[] values, int[] starts)
    {
        var rest = new double[values.Length];
        for (var phase = 0; phase < starts.Length; phase++)
        {
            var (from, end) = (starts[phase], phase == starts.Length - 1 ? values.Length : starts[phase + 1]);
            var mean = values.AsSpan(from..end).ToArray().Average();
            for (var i = from; i < end; i++)
            {
                rest[i] = values[i] - mean;
            }
        }

        return rest;
    }

    /// <summary>Means of neighbours; the last batch also has what is left over.</summary>
    private static double[] Batches(double[] values, int length)
    {
        var count = values.Length / length;
        return
        [
            .. Enumerable.Range(0, count).Select(i => values.AsSpan((i * length)..(i == count - 1 ? values.Length : (i + 1) * length)).ToArray().Average()),
        ];
    }

    /// <summary>Between neighbours, without the part that an estimate from a finite series is too low by.</summary>
    private static double Correlation(double[] values, int means)
    {
        var (together, alone) = (0.0, 0.0);
        for (var i = 0; i < values.Length; i++)
        {
            alone += values[i] * values[i];
            together += i == 0 ? 0 : values[i] * values[i - 1];
        }

        return alone > 0 ? (together / alone) + ((double)means / values.Length) : 0;
    }
}
