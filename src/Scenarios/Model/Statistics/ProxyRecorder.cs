using MeshSim.ProxyRuntime.Core;

namespace MeshSim.Scenarios.Model;

/// <summary>What one proxy, or one worker of a live one, writes down of the requests that end at it.</summary>
public sealed class ProxyRecorder
{
    private readonly OutcomeSeries outcomes = new();
    private readonly HopRecorder? hops;

    /// <param name="sample">Which requests are kept by chance; null: none are kept, they are counted and no more.</param>
    /// <param name="detailsFromNs">Requests that begin from then on may be kept for the report, nanoseconds since the run began.</param>
    public ProxyRecorder(string proxy, RequestSample? sample, long detailsFromNs) =>
        hops = sample is null ? null : new HopRecorder(proxy, sample, detailsFromNs);

    /// <summary>Responses by status and flags.</summary>
    public OutcomeCounts Responses { get; } = new();

    /// <param name="startNs">When the request began, nanoseconds since the run did.</param>
    /// <param name="endNs">When it was over.</param>
    public void Ended(StreamInfo info, long startNs, long endNs)
    {
        Responses.Add(info);
        if (hops is not null)
        {
            outcomes.Add(info, endNs);
            hops.Ended(info, startNs);
        }
    }

    /// <summary>What a report shows of a proxy with these workers and machines.</summary>
    public static ProxyDetails Details(IReadOnlyCollection<ProxyRecorder> workers, IReadOnlyCollection<SheetSeries> machines) =>
        new()
        {
            Outcomes = OutcomeSeries.Sum(workers.Select(static worker => worker.outcomes)),
            Counters = SheetSeries.Reported(machines),
            Gauges = SheetSeries.Levels(machines),
            Hops = HopRecorder.Kept([.. workers.Where(static worker => worker.hops is not null).Select(static worker => worker.hops!)]),
        };
}
