using System.Collections.Immutable;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.Scenarios.Model;

/// <summary>
/// Arrivals at recorded moments, counted from the begin of the load. More load is made by requests that come again a little earlier or
/// later, not by time that runs faster: bursts stay as long as they were, against timeouts and ejections that stay as long, too.
/// </summary>
public sealed class TraceArrivals : ArrivalProcess
{
    private readonly LoadModel load;
    private readonly ImmutableArray<TracedRequest> requests;
    private int next;

    /// <param name="random">Draws what is left out or comes again; a factor of 1 draws nothing.</param>
    public TraceArrivals(LoadModel load, LoadTrace trace, RandomStream random)
    {
        this.load = load;
        requests = trace.Factor == 1 ? trace.Requests : Scaled(trace, random);
    }

    public override int? Kind => next == 0 ? null : requests[next - 1].Kind;

    public override long? NextNs() =>
        next < requests.Length && load.FromNs + requests[next].TimeNs is var time && time < load.UntilNs && ++next > 0 ? time : null;

    private static ImmutableArray<TracedRequest> Scaled(LoadTrace trace, RandomStream random)
    {
        var whole = (int)trace.Factor;
        var more = trace.Factor - whole;
        var scaled = ImmutableArray.CreateBuilder<TracedRequest>((int)(trace.Requests.Length * (trace.Factor + 1)));
        var lastNs = trace.Requests.IsEmpty ? 0 : trace.Requests[^1].TimeNs;
        foreach (var request in trace.Requests)
        {
            var copies = whole + (random.NextDouble() < more ? 1 : 0);
            for (var copy = 0; copy < copies; copy++)
            {
                scaled.Add(copy == 0 ? request : request with { TimeNs = Moved(request.TimeNs, lastNs, trace.SpreadNs, random) });
            }
        }

        return [.. scaled.OrderBy(static request => request.TimeNs)]; // A stable sort.
    }

    /// <summary>Within the time of the record: what would be outside is thrown back.</summary>
    private static long Moved(long timeNs, long lastNs, long spreadNs, RandomStream random)
    {
        var moved = Math.Abs(timeNs + (long)(((2 * random.NextDouble()) - 1) * spreadNs));
        return moved <= lastNs ? moved : Math.Max(0, (2 * lastNs) - moved);
    }
}
