using System.Collections.Immutable;
using System.Globalization;

namespace MeshSim.Scenarios.Model;

/// <summary>Something is wrong with some replicas of a service for a while.</summary>
/// <param name="Replicas">Replica numbers, counted from 0; empty means all.</param>
/// <param name="FromNs">When it begins, virtual nanoseconds.</param>
/// <param name="UntilNs">When it is over; that moment is not part of it.</param>
public abstract record Fault(string Service, ImmutableArray<int> Replicas, long FromNs, long UntilNs)
{
    /// <summary>How it comes again and again between its begin and its end; null for once.</summary>
    public Recurrence? Repeat { get; init; }

    /// <summary>What is wrong, in a few words.</summary>
    public abstract string Description { get; }

    /// <summary>Whether it ever acts on that replica.</summary>
    public bool Concerns(string service, int replica) =>
        string.Equals(service, Service, StringComparison.Ordinal) && (Replicas.IsEmpty || Replicas.Contains(replica));

    /// <summary>Whether it acts at that time, on the replicas it concerns.</summary>
    public bool ActsAt(long nowNs) => nowNs >= FromNs && nowNs < UntilNs;

    /// <summary>Whether it acts on that replica now.</summary>
    public bool Acts(string service, int replica, long nowNs) => ActsAt(nowNs) && Concerns(service, replica);
}

/// <summary>A share of the answers is an error. Decided when service ends, so an error takes as long as an answer.</summary>
/// <param name="Rate">0 to 1.</param>
/// <param name="Status">400 to 599.</param>
public sealed record ErrorRateFault(string Service, ImmutableArray<int> Replicas, double Rate, int Status, long FromNs, long UntilNs)
    : Fault(Service, Replicas, FromNs, UntilNs)
{
    public override string Description => string.Create(CultureInfo.InvariantCulture, $"{100 * Rate:0.#}% {Status} from {Service}");
}

/// <summary>Service takes longer. Read when service begins.</summary>
/// <param name="Factor">What the drawn service time is multiplied by, above 0.</param>
public sealed record SlowFault(string Service, ImmutableArray<int> Replicas, double Factor, long FromNs, long UntilNs)
    : Fault(Service, Replicas, FromNs, UntilNs)
{
    public override string Description => string.Create(CultureInfo.InvariantCulture, $"{Service} {Factor:0.##} times as slow");
}

/// <summary>
/// Nobody listens: connections are refused, those that are open are reset when it begins. What was being served is served to its end
/// and holds its worker, but is answered to nobody.
/// </summary>
public sealed record DownFault(string Service, ImmutableArray<int> Replicas, long FromNs, long UntilNs) : Fault(Service, Replicas, FromNs, UntilNs)
{
    public override string Description => $"{Service} down";
}

/// <summary>Connections are accepted and requests taken, but nobody ever answers; what comes during it stays without an answer.</summary>
public sealed record HangFault(string Service, ImmutableArray<int> Replicas, long FromNs, long UntilNs) : Fault(Service, Replicas, FromNs, UntilNs)
{
    public override string Description => $"{Service} hangs";
}

/// <summary>New connections are refused; those that are open go on.</summary>
public sealed record RefuseFault(string Service, ImmutableArray<int> Replicas, long FromNs, long UntilNs) : Fault(Service, Replicas, FromNs, UntilNs)
{
    public override string Description => $"{Service} refuses connections";
}

/// <summary>The process dies: connections are reset, what was served or waited is lost. It starts anew at the end, and warms up.</summary>
public sealed record CrashFault(string Service, ImmutableArray<int> Replicas, long FromNs, long UntilNs) : Fault(Service, Replicas, FromNs, UntilNs)
{
    public override string Description => $"{Service} crashed";
}

/// <summary>All work of a replica stands still; connections and requests are taken in meanwhile.</summary>
public sealed record GcPauseFault(string Service, ImmutableArray<int> Replicas, long FromNs, long UntilNs) : Fault(Service, Replicas, FromNs, UntilNs)
{
    public override string Description => $"{Service} pauses";
}

/// <summary>A share of the time of its processors is gone: all work takes 1/(1 − share) times as long while it lasts.</summary>
/// <param name="Share">0 to below 1.</param>
public sealed record CpuStealFault(string Service, ImmutableArray<int> Replicas, double Share, long FromNs, long UntilNs)
    : Fault(Service, Replicas, FromNs, UntilNs)
{
    public override string Description => string.Create(CultureInfo.InvariantCulture, $"{100 * Share:0.#}% of {Service}'s processors stolen");
}
