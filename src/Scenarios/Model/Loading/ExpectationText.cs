using System.Globalization;

namespace MeshSim.Scenarios.Model;

/// <summary>Reads <c>success_rate &gt;= 99%</c> and <c>p99 &lt;= 250ms</c>.</summary>
internal static class ExpectationText
{
    public static Expectation? Parse(string text)
    {
        var words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words is not [var metric, ">=" or ">" or "<=" or "<", var bound])
        {
            return null;
        }

        if (metric == "success_rate")
        {
            return Units.Fraction(bound) is { } fraction ? new Expectation(text, Metric.SuccessRate, 0, words[1], fraction) : null;
        }

        // p50, p99, p99.9
        return
            metric.StartsWith('p')
            && double.TryParse(metric.AsSpan(1), NumberStyles.Float, CultureInfo.InvariantCulture, out var percent)
            && percent is > 0 and < 100
            && Units.DurationNs(bound) is { } ns
            ? new Expectation(text, Metric.LatencyQuantile, percent / 100, words[1], ns / 1e6)
            : null;
    }
}
