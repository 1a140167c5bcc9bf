namespace MeshSim.Scenarios.Model;

/// <summary>What a run says to an expectation.</summary>
/// <param name="Value">Not a number where there is nothing to measure.</param>
/// <param name="Interval">Of 95 %, where one can be given: of shares by Wilson, of quantiles by ranks, of rates by the seconds.</param>
internal readonly record struct Measurement(double Value, (double Low, double High)? Interval = null)
{
    private const double Normal95 = 1.96;

    public static Measurement Of(Expectation expectation, RunResult result) =>
        expectation.Metric switch
        {
            Metric.Stat or Metric.Responses => new Measurement(ProxyMeasures.Of(expectation, result)),
            Metric.Arrivals or Metric.Share or Metric.MaxShare or Metric.Errors or Metric.MaxQueue => EndpointMeasures.Of(expectation, result),
            _ => ClientMeasures.Of(expectation, result),
        };

    /// <summary>A share of so many.</summary>
    public static Measurement Share(double part, double all)
    {
        if (all <= 0)
        {
            return new Measurement(double.NaN);
        }

        var share = part / all;
        var square = Normal95 * Normal95;
        var middle = (share + (square / (2 * all))) / (1 + (square / all));
        var half = Normal95 / (1 + (square / all)) * Math.Sqrt((share * (1 - share) / all) + (square / (4 * all * all)));
        return new Measurement(share, (Math.Max(0, middle - half), Math.Min(1, middle + half)));
    }

    /// <summary>A quantile, milliseconds.</summary>
    public static Measurement QuantileMs(LatencyHistogram histogram, double quantile)
    {
        if (histogram.Count == 0)
        {
            return new Measurement(double.NaN);
        }

        var half = Normal95 * Math.Sqrt(quantile * (1 - quantile) / histogram.Count);
        return new Measurement(
            histogram.QuantileUs(quantile) / 1000,
            (histogram.QuantileUs(Math.Max(0, quantile - half)) / 1000, histogram.QuantileUs(Math.Min(1, quantile + half)) / 1000)
        );
    }

    /// <summary>A mean over seconds.</summary>
    public static Measurement PerSecond(IReadOnlyCollection<double> seconds)
    {
        if (seconds.Count == 0)
        {
            return new Measurement(double.NaN);
        }

        var mean = seconds.Average();
        var half = seconds.Count < 2 ? 0 : Normal95 * Math.Sqrt(seconds.Sum(one => (one - mean) * (one - mean)) / (seconds.Count - 1) / seconds.Count);
        return new Measurement(mean, (mean - half, mean + half));
    }
}
