namespace MeshSim.ProxyRuntime.Core;

/// <summary>How many requests of one interval there were, and how many of them succeeded.</summary>
internal sealed class RequestBucket
{
    private long total;
    private long succeeded;

    public void Count(bool succeeded)
    {
        _ = Interlocked.Increment(ref total);
        if (succeeded)
        {
            _ = Interlocked.Increment(ref this.succeeded);
        }
    }

    /// <summary>Ends the interval: what was counted, and from now on nothing.</summary>
    public (long Total, long Succeeded) Take() => (Interlocked.Exchange(ref total, 0), Interlocked.Exchange(ref succeeded, 0));
}
