using System.Globalization;

namespace MeshSim.Scenarios.Model;

/// <summary>What an expectation is about.</summary>
public enum Metric
{
    /// <summary>Answers with 2xx among requests that had an outcome, 0 to 1.</summary>
    SuccessRate,

    /// <summary>A quantile of the latency of all answers, or of those with 2xx alone, milliseconds.</summary>
    LatencyQuantile,

    /// <summary>Requests sent a second.</summary>
    Rate,

    /// <summary>Answers with 2xx a second.</summary>
    Goodput,

    /// <summary>Requests sent.</summary>
    Sent,

    /// <summary>Attempts that clients made after a first one.</summary>
    Retries,

    /// <summary>Answers with some status, as a count or as a share of all.</summary>
    Answers,

    /// <summary>A counter or gauge of a proxy, under Envoy's name.</summary>
    Stat,

    /// <summary>Responses of a proxy with some status and flags.</summary>
    Responses,

    /// <summary>Requests that reached a service or an endpoint.</summary>
    Arrivals,

    /// <summary>What an endpoint got of its service's requests, or a service of all, 0 to 1.</summary>
    Share,

    /// <summary>What the busiest endpoint of a service got of its requests, 0 to 1.</summary>
    MaxShare,

    /// <summary>Answers of a service or an endpoint with 500 and more.</summary>
    Errors,

    /// <summary>Most requests that waited at an endpoint at once, or at any of a service.</summary>
    MaxQueue,
}

/// <summary>
/// One expectation, for example <c>success_rate &gt;= 99%</c> or <c>share svc-0 in 20s..40s == 30% ± 2%</c>; over the run after its
/// warm-up, or over some seconds of it.
/// </summary>
/// <param name="Text">As written.</param>
/// <param name="Quantile">0 to 1, for latency.</param>
/// <param name="Operator"><c>&gt;= &gt; &lt;= &lt; ==</c>.</param>
/// <param name="Bound">A fraction, milliseconds, or a number.</param>
public sealed record Expectation(string Text, Metric Metric, double Quantile, string Operator, double Bound)
{
    /// <summary>How far from the bound is near enough, for <c>==</c>.</summary>
    public double Tolerance { get; init; }

    /// <summary>The proxy, service or endpoint; <c>*</c> for all together.</summary>
    public string Subject { get; init; } = "";

    /// <summary>The statistic, the status with its flags, or <c>2xx</c> for the latency of these answers alone.</summary>
    public string Detail { get; init; } = "";

    /// <summary>What is compared is a share: the bound had a percent sign, or the metric is one.</summary>
    public bool IsShare { get; init; }

    /// <summary>The seconds it is about; null for all after the warm-up.</summary>
    public (int From, int Until)? Window { get; init; }

    public ExpectationRecord Check(RunResult result)
    {
        var measured = Measurement.Of(this, result);
        var value = measured.Value;
        var passed = Operator switch
        {
            ">=" => value >= Bound,
            ">" => value > Bound,
            "<=" => value <= Bound,
            "<" => value < Bound,
            _ => Math.Abs(value - Bound) <= Tolerance,
        };
        return new ExpectationRecord(Text, Describe(measured), passed && !double.IsNaN(value));
    }

    private string Describe(Measurement measured)
    {
        if (double.IsNaN(measured.Value))
        {
            return "nothing to measure";
        }

        var interval = measured.Interval is { } ends ? $" (95 % interval {Number(ends.Low)} to {Number(ends.High)})" : "";
        return Number(measured.Value) + interval;
    }

    private string Number(double value) =>
        Metric == Metric.LatencyQuantile ? string.Create(CultureInfo.InvariantCulture, $"{value:0.000}ms")
        : IsShare ? string.Create(CultureInfo.InvariantCulture, $"{100 * value:0.000}%")
        : string.Create(CultureInfo.InvariantCulture, $"{value:0.###}");
}
