namespace MeshSim.Scenarios.Model;

/// <summary>A request at a replica of a service. A driver adds what it needs to answer it.</summary>
public class ServiceJob
{
    /// <summary>The lowest priority: of requests that say none.</summary>
    public const int LeastPriority = 7;

    /// <summary>Which of <see cref="ServiceRole.AllRoutes"/> it takes.</summary>
    public int Route { get; set; }

    /// <summary>0 goes first, <see cref="LeastPriority"/> last.</summary>
    public int Priority { get; set; }

    /// <summary>Where it is.</summary>
    public JobState State { get; internal set; }
}

/// <summary>Where a request is at a replica.</summary>
public enum JobState
{
    /// <summary>Not there, or over.</summary>
    None,

    /// <summary>It waits for a worker.</summary>
    Waiting,

    /// <summary>It holds a worker.</summary>
    Served,

    /// <summary>It was withdrawn while it waited, and is in the queue still.</summary>
    Withdrawn,
}

/// <summary>What became of a request that arrived.</summary>
public enum ArrivalKind
{
    /// <summary>It holds a worker.</summary>
    Begins,

    /// <summary>It waits for one.</summary>
    Waits,

    /// <summary>The queue is full: the answer goes out at once.</summary>
    Refused,

    /// <summary>The replica hangs: nobody answers, ever.</summary>
    Swallowed,
}

/// <summary>What became of a request that arrived.</summary>
/// <param name="EndsNs">When the own work that begins is done.</param>
public readonly record struct Arrival(ArrivalKind Kind, long EndsNs = 0);

/// <summary>What a replica answers.</summary>
public readonly record struct ServiceReply(int Status, int Bytes);
