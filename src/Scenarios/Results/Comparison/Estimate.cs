using MeshSim.Scenarios.Model;

namespace MeshSim.Scenarios.Results;

/// <summary>A figure estimated from samples, and what each of them contributed to the estimate's error.</summary>
/// <param name="Value">Not a number where nothing was counted that it could be of.</param>
/// <param name="Influence">One for each sample; their mean is, to first order, how far the estimate is off.</param>
/// <param name="Resolution">How far off it may be besides, because values were counted in bins.</param>
public sealed record Estimate(double Value, double[] Influence, double Resolution = 0)
{
    /// <summary>So many standard errors to either side the slope of a distribution is measured over.</summary>
    private const double SlopeErrors = 2;

    /// <summary>What was counted, for a rate.</summary>
    public double Events { get; private init; }

    /// <summary>Of a share or rate: the sum of one count over the sum of another, linearised.</summary>
    public static Estimate Ratio(Samples samples, Func<SecondSample, double> count, Func<SecondSample, double> of)
    {
        var whole = samples.Items.Sum(of);
        if (whole == 0)
        {
            return Nothing(samples);
        }

        var counted = samples.Items.Sum(count);
        var value = counted / whole;
        var mean = whole / samples.Items.Length;
        return new Estimate(value, [.. samples.Items.Select(sample => (count(sample) - (value * of(sample))) / mean)]) { Events = counted };
    }

    /// <summary>
    /// Of a quantile of the latency, in milliseconds. How many answers of a sample are at most the quantile is a count like any other; how
    /// far the quantile moves with it is the slope of the quantile function there (Bahadur), measured between the quantiles two standard
    /// errors to either side (Woodruff).
    /// </summary>
    /// <param name="quantile">0 to 1.</param>
    public static Estimate Quantile(Samples samples, double quantile)
    {
        var all = SecondSample.Sum(samples.Items).Latency;
        if (all.Count == 0)
        {
            return Nothing(samples);
        }

        var bin = all.QuantileBin(quantile);
        var below = Ratio(samples, sample => sample.Latency.CountUpTo(bin), static sample => sample.Latency.Count);
        var error = Math.Max(Math.Sqrt(BatchMeans.Of(below.Influence, samples.Phases).Variance), Math.Sqrt(quantile * (1 - quantile) / all.Count));
        var reach = Math.Min(SlopeErrors * error, Math.Min(quantile, 1 - quantile) / 2);
        var slope = (all.InterpolatedUs(quantile + reach) - all.InterpolatedUs(quantile - reach)) / (2 * reach);
        return new Estimate(
            all.InterpolatedUs(quantile) / 1000,
            [.. below.Influence.Select(influence => -influence * slope / 1000)],
            LatencyHistogram.WidthUs(bin) / 2000.0
        );
    }

    private static Estimate Nothing(Samples samples) => new(double.NaN, new double[samples.Items.Length]);
}
