namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>How many retries at once a budget allows.</summary>
public class RetryBudgetTests
{
    [Theory]
    [InlineData(20, 3, 0, 3)]
    [InlineData(20, 3, 19, 3)]
    [InlineData(20, 3, 20, 4)]
    [InlineData(20, 0, 4, 0)]
    [InlineData(20, 0, 5, 1)]
    [InlineData(12.5, 0, 15, 1)]
    [InlineData(12.5, 0, 16, 2)]
    [InlineData(100, 0, 7, 7)]
    [InlineData(0, 0, 100, 0)]
    public void The_limit_is_a_percentage_of_requests_in_whole_retries_and_no_less_than_the_minimum(double percent, uint least, long requests, long limit) =>
        Assert.Equal(limit, new RetryBudgetSnapshot(percent, least).Limit(requests));

    [Fact]
    public void It_counts_the_requests_that_wait_as_well_as_those_under_way()
    {
        var limits = new ThresholdsSnapshot(MaxRetries: 0) { RetryBudget = new RetryBudgetSnapshot(50, 0) };
        var resources = new ResourceManager(limits, new StatSheet(), "p.");
        Assert.False(resources.CanRetry);

        resources.Requests.Increment();
        resources.PendingRequests.Increment();
        Assert.True(resources.CanRetry);

        resources.Retries.Increment();
        Assert.False(resources.CanRetry);
    }

    [Fact]
    public void Without_a_budget_max_retries_is_the_limit()
    {
        var resources = new ResourceManager(new ThresholdsSnapshot(MaxRetries: 1), new StatSheet(), "p.");
        Assert.True(resources.CanRetry);

        resources.Retries.Increment();
        Assert.False(resources.CanRetry);
    }

    /// <summary>Either of the two brings a budget, with the default of the other.</summary>
    [Fact]
    public void The_runtime_may_change_it_or_bring_one()
    {
        var configured = new RetryBudgetSnapshot(7, 5);
        var percent = KeyValuePair.Create("b.budget_percent", new RuntimeValue("12.5", Number: 12.5));
        var least = KeyValuePair.Create("b.min_retry_concurrency", new RuntimeValue("9", Integer: 9));
        var most = KeyValuePair.Create("b.min_retry_concurrency", new RuntimeValue("", Integer: ulong.MaxValue));

        Assert.Same(configured, Under(configured));
        Assert.Null(Under(null));
        Assert.Equal(new RetryBudgetSnapshot(12.5, 5), Under(configured, percent));
        Assert.Equal(new RetryBudgetSnapshot(7, 9), Under(configured, least));
        Assert.Equal(new RetryBudgetSnapshot(12.5, 3), Under(null, percent));
        Assert.Equal(new RetryBudgetSnapshot(20, 9), Under(null, least));
        Assert.Equal(new RetryBudgetSnapshot(7, uint.MaxValue), Under(configured, most));

        static RetryBudgetSnapshot? Under(RetryBudgetSnapshot? budget, params KeyValuePair<string, RuntimeValue>[] runtime) =>
            RetryBudgetSnapshot.Under(budget, new RuntimeSnapshot(runtime), "b.");
    }
}
