namespace MeshSim.ProxyRuntime.Core;

/// <summary>How much of their timeouts requests took, in percent: 50 is half of it, above 100 is too long, 0 also stands for no timeout.</summary>
internal sealed class TimeoutBudgetStats(StatSheet sheet, string root)
{
    private readonly Histogram request = sheet.Histogram(root + "upstream_rq_timeout_budget_percent_used");
    private readonly Histogram perTry = sheet.Histogram(root + "upstream_rq_timeout_budget_per_try_percent_used");

    /// <summary>A response is complete, or the request timed out.</summary>
    /// <param name="elapsedMs">Milliseconds since the request was complete.</param>
    /// <param name="timeoutNs">The timeout of the route in nanoseconds, 0 for none.</param>
    public void Request(long elapsedMs, long timeoutNs) => request.Record(Percent(elapsedMs, timeoutNs));

    /// <summary>An attempt is over.</summary>
    /// <param name="elapsedMs">Milliseconds since it began to look for a connection.</param>
    /// <param name="timeoutNs">The timeout of each try in nanoseconds, 0 for none.</param>
    public void Try(long elapsedMs, long timeoutNs) => perTry.Record(Percent(elapsedMs, timeoutNs));

    private static long Percent(long elapsedMs, long timeoutNs)
    {
        var timeoutMs = timeoutNs / MonotonicTime.NanosecondsPerMillisecond;
        return timeoutMs == 0 ? 0 : elapsedMs * 100 / timeoutMs;
    }
}
