using System.Collections.Immutable;

namespace MeshSim.Scenarios.Model;

/// <summary>Arrivals at recorded moments, counted from the begin of the load.</summary>
/// <param name="traceNs">Sorted.</param>
public sealed class TraceArrivals(LoadModel load, ImmutableArray<long> traceNs) : ArrivalProcess
{
    private int next;

    public override long? NextNs() => next < traceNs.Length && load.FromNs + traceNs[next] is var time && time < load.UntilNs && ++next > 0 ? time : null;
}
