namespace MeshSim.ProxyRuntime.Core;

/// <summary>circuit_breakers.thresholds.retry_budget: how many retries at once, measured by the requests under way.</summary>
/// <param name="BudgetPercent">budget_percent of active and pending requests, 0 to 100, default 20.</param>
/// <param name="MinRetryConcurrency">min_retry_concurrency: so many are allowed in any case, default 3.</param>
public sealed record RetryBudgetSnapshot(double BudgetPercent, uint MinRetryConcurrency)
{
    public static readonly RetryBudgetSnapshot Default = new(20, 3);

    internal long Limit(long requests) => Math.Max((long)(BudgetPercent / 100 * requests), MinRetryConcurrency);

    /// <summary>A budget under what the runtime says, which may also bring one where none is configured.</summary>
    internal static RetryBudgetSnapshot? Under(RetryBudgetSnapshot? configured, RuntimeSnapshot runtime, string prefix)
    {
        var percent = runtime.Values.GetValueOrDefault(prefix + "budget_percent");
        var least = runtime.Values.GetValueOrDefault(prefix + "min_retry_concurrency");
        if (percent is null && least is null)
        {
            return configured;
        }

        var fallback = configured ?? Default;
        return new RetryBudgetSnapshot(
            percent?.Number ?? fallback.BudgetPercent,
            (uint)Math.Min(least?.Integer ?? fallback.MinRetryConcurrency, uint.MaxValue)
        );
    }
}
