using System.Collections.Immutable;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.Scenarios.Model;

/// <summary>How waits between a client's attempts are drawn.</summary>
public enum RetryJitter
{
    /// <summary>The whole wait each time.</summary>
    None,

    /// <summary>Between nothing and the whole wait.</summary>
    Full,

    /// <summary>Between half of the wait and the whole.</summary>
    Equal,

    /// <summary>Between the base and three times the wait before.</summary>
    Decorrelated,
}

/// <summary>A client's own retries.</summary>
/// <param name="Attempts">How often it asks in all, at least 1.</param>
/// <param name="Statuses">What it tries again after; 0 stands for no answer.</param>
/// <param name="BaseNs">The first wait, which doubles each time.</param>
/// <param name="MostNs">No wait is longer.</param>
public sealed record ClientRetry(int Attempts, ImmutableSortedSet<int> Statuses, long BaseNs, long MostNs, RetryJitter Jitter)
{
    /// <summary>The wait before the next attempt.</summary>
    /// <param name="made">Attempts made so far, from 1.</param>
    /// <param name="lastNs">The wait before this; 0 for none.</param>
    public long WaitNs(int made, long lastNs, RandomStream random)
    {
        const int mostDoublings = 40;
        var whole = Math.Min(MostNs, (double)BaseNs * (1L << Math.Min(made - 1, mostDoublings)));
        return Jitter switch
        {
            RetryJitter.Full => (long)(random.NextDouble() * whole),
            RetryJitter.Equal => (long)((whole / 2) + (random.NextDouble() * whole / 2)),
            RetryJitter.Decorrelated => (long)Math.Min(MostNs, BaseNs + (random.NextDouble() * ((3 * Math.Max(BaseNs, lastNs)) - BaseNs))),
            _ => (long)whole,
        };
    }
}
