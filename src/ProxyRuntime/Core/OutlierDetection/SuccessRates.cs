namespace MeshSim.ProxyRuntime.Core;

/// <summary>The arithmetic of success rate ejection.</summary>
internal static class SuccessRates
{
    /// <summary>The mean, and the rate below which a host is an outlier: the mean less so many standard deviations of all.</summary>
    /// <param name="rates">Percent, one at least.</param>
    public static (double Mean, double Threshold) Of(ReadOnlySpan<double> rates, double factor)
    {
        var sum = 0.0;
        foreach (var rate in rates)
        {
            sum += rate;
        }

        var mean = sum / rates.Length;
        var variance = 0.0;
        foreach (var rate in rates)
        {
            variance += (rate - mean) * (rate - mean);
        }

        return (mean, mean - (factor * Math.Sqrt(variance / rates.Length)));
    }
}
