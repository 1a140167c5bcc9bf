namespace MeshSim.Scenarios.Engine;

/// <summary>Which events belong to which worker's thread, where proxies take CPU time.</summary>
internal sealed partial class ProxyEntity
{
    private WorkerThread[] Threads()
    {
        var quota = new CpuQuota(role.CpuLimit);
        return
        [
            .. workers.Select(
                (_, i) => new WorkerThread(IsRequest, () => Schedule(quota.FinishNs(NowNs, role.CpuPerRequestNs), EventKind.ThreadFree, i), e => Carry(e))
            ),
        ];
    }

    /// <summary>The worker in whose thread an event is handled; −1: in none.</summary>
    private int ThreadOf(in SimEvent e) =>
        e.Kind switch
        {
            EventKind.DownstreamRequest or EventKind.DownstreamGone => workerOf.GetValueOrDefault(Connection(e), -1),
            EventKind.DownstreamBytes => workerOf.GetValueOrDefault(Connection(e.Source, e.B), -1),
            EventKind.RequestBytes => ThreadOf(new DownstreamPeer(e.Source, e.B, e.C)),
            EventKind.Gone => ThreadOf(new DownstreamPeer(e.Source, e.B, (int)e.A)),
            EventKind.Wake or EventKind.MainMessage => e.A < workers.Length ? (int)e.A : -1,
            EventKind.UpstreamConnected
            or EventKind.UpstreamRefused
            or EventKind.UpstreamResponse
            or EventKind.UpstreamBytes
            or EventKind.Told
            or EventKind.UpstreamClosed
            or EventKind.CloseDue
            or EventKind.DownstreamClosed => MachineOf(e) is var machine && machine < workers.Length ? machine : -1,
            _ => -1,
        };

    private int ThreadOf(DownstreamPeer peer) => fromProxies.TryGetValue(peer, out var connection) ? workerOf.GetValueOrDefault(connection, -1) : -1;

    private bool IsRequest(SimEvent e) =>
        e.Kind switch
        {
            EventKind.DownstreamRequest => true,
            EventKind.DownstreamBytes => WorkerOf(Connection(e.Source, e.B))?.ExpectsRequest(Connection(e.Source, e.B)) ?? false,
            EventKind.RequestBytes => fromProxies.TryGetValue(new DownstreamPeer(e.Source, e.B, e.C), out var connection)
                && (WorkerOf(connection)?.ExpectsRequest(connection) ?? false),
            _ => false,
        };
}
