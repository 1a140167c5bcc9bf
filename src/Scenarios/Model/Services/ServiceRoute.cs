using System.Collections.Immutable;

namespace MeshSim.Scenarios.Model;

/// <summary>What a service does with the requests of one part of its paths.</summary>
/// <param name="Prefix">Paths that begin so; empty for all.</param>
/// <param name="ServiceTime">Own work before the calls.</param>
/// <param name="ResponseBytes">Body bytes of an answer.</param>
public sealed record ServiceRoute(string Prefix, TimeModel ServiceTime, int ResponseBytes)
{
    /// <summary>What comes after the own work, in order. Default nothing.</summary>
    public ImmutableArray<PlanStep> Steps { get; init; } = [];

    /// <summary>Status of an answer where all went well, 200 to 599. Default 200.</summary>
    public int Status { get; init; } = 200;

    /// <summary>Share of the answers that is an error for no reason of a fault, 0 to 1. Default 0.</summary>
    public double ErrorRate { get; init; }

    /// <summary>Status of these, 400 to 599. Default 503.</summary>
    public int ErrorStatus { get; init; } = 503;
}

/// <summary>In which order requests that wait get a worker.</summary>
public enum QueueDiscipline
{
    /// <summary>Who has waited longest.</summary>
    Fifo,

    /// <summary>Who came last.</summary>
    Lifo,

    /// <summary>Who has the smallest number in a request header, and among these who has waited longest.</summary>
    Priority,
}

/// <summary>A replica that has just started is slower.</summary>
/// <param name="Factor">What service times are multiplied by at the start, 1 or more; it falls to 1 in a straight line.</param>
/// <param name="OverNs">How long that takes.</param>
/// <param name="AtBegin">Replicas that are there at the begin of the run have just started, too. Default false.</param>
public sealed record ServiceWarmUp(double Factor, long OverNs, bool AtBegin)
{
    public double FactorAt(long sinceStartNs) => sinceStartNs >= OverNs ? 1 : 1 + ((Factor - 1) * (OverNs - sinceStartNs) / OverNs);
}
