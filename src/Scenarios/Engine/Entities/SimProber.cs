using MeshSim.ProxyRuntime.Core;

namespace MeshSim.Scenarios.Engine;

/// <summary>
/// Carries the health checks of a simulated proxy's main machine: connections of its own, to services that answer by their model or to
/// peers that speak bytes. It counts as one more worker in what passes between proxy and endpoint.
/// </summary>
internal sealed class SimProber(ProxyEntity proxy, World world, int index)
{
    private readonly Dictionary<UpstreamConnectionId, ProbeLink> links = [];
    private readonly Dictionary<AttemptId, UpstreamConnectionId> asked = [];

    public int Index => index;

    public BufferPool Buffers => proxy.Partition.Buffers;

    public long Put(ReadOnlySpan<byte> bytes) => proxy.Partition.Contents.Put(bytes);

    /// <summary>What a service reads of a check's head; nothing where it has none.</summary>
    public int Traits(int endpoint, HeaderMap? head) => head is null ? 0 : world.Traits(endpoint, head);

    /// <summary>A message over the network. Returns when it arrives.</summary>
    public long Send(int target, EventKind kind, long a, long b = 0, int c = 0, long notBeforeNs = 0) => proxy.SendMessage(target, kind, a, b, c, notBeforeNs);

    // Effects.

    public void Open(in Effect effect)
    {
        var target = effect.Probe!;
        if (world.Find(target.Address.Text, proxy.Id) is not { } found)
        {
            proxy.RefuseConnection(index, effect.Upstream);
            return;
        }

        links[effect.Upstream] = world.SpeaksBytes(found.Entity)
            ? new WireProbe(this, found.Entity, effect.Upstream, target.Protocol, effect.Cluster!.Http1)
            : new ServiceProbe(this, found.Entity, effect.Upstream, target.Passing);
        var secured = world.Tls is not null && effect.Transport is not null && world.SpeaksBytes(found.Entity);
        var argument = secured ? world.Tls!.Offer(new ProxyTlsClient(effect.Transport!)) : found.Listener;
        _ = Send(found.Entity, EventKind.Connect, index, effect.Upstream.Value, argument);
    }

    public void Send(in Effect effect)
    {
        if (links.TryGetValue(effect.Upstream, out var link))
        {
            asked[effect.Attempt] = effect.Upstream;
            link.Send(effect);
        }
    }

    /// <summary>The request under way is answered to nobody; the service does not notice.</summary>
    public void Cancel(UpstreamConnectionId id) => links.GetValueOrDefault(id)?.Cancel();

    public void Close(UpstreamConnectionId id)
    {
        if (links.Remove(id, out var link))
        {
            link.Close();
        }
    }

    // Facts.

    public void Connected(UpstreamConnectionId id)
    {
        if (links.ContainsKey(id))
        {
            Tell(id, new ProbeEvent(ProbeEventKind.Connected));
        }
    }

    public void Refused(UpstreamConnectionId id)
    {
        _ = links.Remove(id);
        proxy.OnProbe(id, new ProbeEvent(ProbeEventKind.Closed));
    }

    /// <summary>A service has answered with a status.</summary>
    public void Answered(AttemptId attempt, int status)
    {
        if (asked.Remove(attempt, out var id) && links.GetValueOrDefault(id) is ServiceProbe link)
        {
            link.Answered(attempt, status, found => Tell(id, found));
        }
    }

    public void Receive(UpstreamConnectionId id, ReadOnlySpan<byte> bytes) =>
        (links.GetValueOrDefault(id) as WireProbe)?.Receive(bytes, found => Tell(id, found));

    public void PeerClosed(UpstreamConnectionId id) => links.GetValueOrDefault(id)?.PeerClosed(found => Tell(id, found));

    /// <summary>Returns whether the connection is still there.</summary>
    private bool Tell(UpstreamConnectionId id, in ProbeEvent found)
    {
        if (found.Kind == ProbeEventKind.Closed)
        {
            _ = links.Remove(id);
        }

        proxy.OnProbe(id, found);
        return links.ContainsKey(id);
    }
}
