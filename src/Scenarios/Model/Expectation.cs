using System.Globalization;

namespace MeshSim.Scenarios.Model;

/// <summary>What an expectation is about.</summary>
public enum Metric
{
    /// <summary>Answers with 2xx among requests sent, 0 to 1.</summary>
    SuccessRate,

    /// <summary>A quantile of the latency of all answers, milliseconds.</summary>
    LatencyQuantile,
}

/// <summary>One expectation, for example <c>success_rate &gt;= 99%</c> or <c>p99 &lt;= 250ms</c>, over the run after its warm-up.</summary>
/// <param name="Text">As written.</param>
/// <param name="Quantile">0 to 1, for latency.</param>
/// <param name="Operator"><c>&gt;= &gt; &lt;= &lt;</c>.</param>
/// <param name="Bound">A fraction, or milliseconds.</param>
public sealed record Expectation(string Text, Metric Metric, double Quantile, string Operator, double Bound)
{
    public ExpectationRecord Check(ClientTotals totals)
    {
        var value = Metric == Metric.SuccessRate ? totals.SuccessRate : totals.Latency.QuantileUs(Quantile) / 1000;
        var passed = Operator switch
        {
            ">=" => value >= Bound,
            ">" => value > Bound,
            "<=" => value <= Bound,
            _ => value < Bound,
        };
        var measured =
            Metric == Metric.SuccessRate
                ? string.Create(CultureInfo.InvariantCulture, $"{100 * value:0.000}%")
                : string.Create(CultureInfo.InvariantCulture, $"{value:0.000}ms");
        return new ExpectationRecord(Text, measured, passed);
    }
}
