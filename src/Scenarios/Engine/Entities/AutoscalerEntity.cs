using MeshSim.Scenarios.Model;

namespace MeshSim.Scenarios.Engine;

/// <summary>
/// Asks the replicas of a service how busy they were, at each period, and starts and stops replicas by that; DNS follows. All of it are
/// messages that take their time.
/// </summary>
internal sealed class AutoscalerEntity(int id, string name, World world, AutoscalerChange change) : Entity(id, name, world)
{
    private readonly Queue<(long TimeNs, int Wanted)> recent = new();
    private int[] replicas = [];
    private int[] proxies = [];
    private int workers;
    private int service;
    private int count;
    private int asked;
    private int told;
    private long busyNs;
    private long decisions;

    public override void Begin()
    {
        service = World.Scenario.Services.ToList().FindIndex(one => one.Name == change.Service);
        workers = World.Scenario.Services[service].Workers;
        count = World.Scenario.Services[service].Replicas;
        replicas = World.EndpointsOf(change.Service);
        proxies = [.. World.Proxies.Values.SelectMany(static ids => ids).Order()];
        _ = Schedule(change.SyncNs, EventKind.Syncs);
    }

    public override void Handle(in SimEvent e)
    {
        switch (e.Kind)
        {
            case EventKind.Syncs:
                (asked, told, busyNs) = (count, 0, 0);
                for (var i = 0; i < count; i++)
                {
                    _ = Send(replicas[i], EventKind.AsksBusy);
                }

                _ = Schedule(NowNs + change.SyncNs, EventKind.Syncs);
                break;
            case EventKind.TellsBusy:
                busyNs += e.A;
                if (++told == asked)
                {
                    Decide();
                }

                break;
            case EventKind.Announces:
                foreach (var proxy in proxies)
                {
                    _ = Send(proxy, EventKind.DnsChanged, service, e.A);
                }

                break;
            default:
                throw new InvalidOperationException($"An autoscaler has no event {e.Kind}.");
        }
    }

    /// <summary>Up at once; down only to the most that was wanted for a while.</summary>
    private void Decide()
    {
        var wanted = change.Wanted(count, busyNs / ((double)asked * workers * change.SyncNs));
        recent.Enqueue((NowNs, wanted));
        while (recent.Peek().TimeNs < NowNs - change.DownAfterNs)
        {
            _ = recent.Dequeue();
        }

        wanted = wanted > count ? wanted : Math.Min(count, recent.Max(static one => one.Wanted));
        if (wanted == count)
        {
            return;
        }

        decisions++;
        var from = Math.Min(count, wanted);
        for (var i = from; i < Math.Max(count, wanted); i++)
        {
            _ =
                wanted > count
                    ? Send(replicas[i], EventKind.ComesUp, EndpointEntity.Begins, decisions, notBeforeNs: NowNs + change.StartupNs)
                    : Send(replicas[i], EventKind.GoesDown, EndpointEntity.Ends, decisions, notBeforeNs: NowNs + change.PreStopNs);
        }

        _ = Schedule(NowNs + (wanted > count ? change.StartupNs : 0) + change.DnsDelayNs, EventKind.Announces, wanted);
        count = wanted;
    }
}
