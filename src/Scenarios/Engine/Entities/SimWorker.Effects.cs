using MeshSim.ProxyRuntime.Core;

namespace MeshSim.Scenarios.Engine;

/// <summary>What a worker asks for is carried out: connections, messages, log lines.</summary>
internal sealed partial class SimWorker
{
    private void CarryOut()
    {
        busy = true;
        var effects = Effects;
        for (var i = 0; i < effects.Count; i++)
        {
            CarryOut(effects[i]);
        }

        effects.Clear();
        busy = false;
        bodies.Chunk = default;
        proxy.Rearm(index, machine.NextDeadline);
        RunLater();
    }

    private void CarryOut(in Effect effect)
    {
        switch (effect.Kind)
        {
            case EffectKind.OpenConnection:
                Connect(effect);
                break;
            case EffectKind.PassBytes:
                PassLater(effect.Connection, effect.Upstream);
                break;
            case EffectKind.CancelAttempt when upstreams.GetValueOrDefault(effect.Upstream) is { IsMultiplexed: true } shared:
                shared.Cancel(effect.Attempt);
                break;
            case EffectKind.CloseConnection:
            case EffectKind.CancelAttempt:
                if (upstreams.Remove(effect.Upstream, out var closed))
                {
                    closed.Close();
                }

                break;
            case EffectKind.StartAttempt:
                upstreams.GetValueOrDefault(effect.Upstream)?.Start(effect);
                break;
            case EffectKind.SendData:
                upstreams.GetValueOrDefault(effect.Upstream)?.Data(bodies.Chunk.Span, effect.EndStream);
                break;
            case EffectKind.SendBuffered:
                upstreams.GetValueOrDefault(effect.Upstream)?.Data(bodies.Of(effect.Stream), effect.EndStream);
                break;
            case EffectKind.SendBody:
                upstreams.GetValueOrDefault(effect.Upstream)?.Data(effect.Body.Span, effect.EndStream);
                break;
            case EffectKind.SendTrailers:
                upstreams.GetValueOrDefault(effect.Upstream)?.Trailers(effect.Head!);
                break;
            case EffectKind.BufferBody:
                bodies.Keep(effect.Stream);
                break;
            case EffectKind.CopyBody:
                bodies.Copy(effect.Source, effect.Stream, effect.Bytes);
                break;
            case EffectKind.ReleaseBody:
                bodies.Release(effect.Stream);
                break;
            default:
                CarryOutDownstream(effect);
                break;
        }
    }

    private void CarryOutDownstream(in Effect effect)
    {
        switch (effect.Kind)
        {
            case EffectKind.LocalReply:
            case EffectKind.ForwardInformational:
            case EffectKind.ForwardHeaders:
            case EffectKind.ForwardTrailers:
                downstreams.GetValueOrDefault(effect.Stream.Connection)?.Carry(effect, default);
                break;
            case EffectKind.ForwardData:
                downstreams.GetValueOrDefault(effect.Stream.Connection)?.Carry(effect, bodies.Chunk.Span);
                break;
            case EffectKind.KeepResponse:
                bodies.KeepResponse(effect.Stream);
                break;
            case EffectKind.ForwardKept:
                downstreams.GetValueOrDefault(effect.Stream.Connection)?.Carry(effect, bodies.TakeResponse(effect.Stream, effect.Bytes));
                break;
            case EffectKind.ResetDownstream:
                break; // HTTP/1 has no reset of its own: that the connection is closed comes as an effect too.
            case EffectKind.UseFilterChain:
                downstreams.GetValueOrDefault(effect.Connection)?.Use(effect.FilterChain!);
                break;
            case EffectKind.EndInspection:
                EndInspectionLater(effect.Connection);
                break;
            case EffectKind.CloseDownstream:
                Close(effect.Connection, effect.Bytes);
                break;
            case EffectKind.LogAccess:
                OnLog(effect);
                break;
            case EffectKind.HostCreated:
            case EffectKind.OutlierDetected:
            case EffectKind.ImmediateHealthCheckFail:
            case EffectKind.TrafficBegan:
                proxy.Report(effect);
                break;
            default:
                throw new InvalidOperationException($"A worker has no effect {effect.Kind}.");
        }
    }

    private void OnLog(in Effect effect)
    {
        proxy.Log(effect.Log!, effect.Bytes);
        if (effect.EndStream)
        {
            bodies.Forget(effect.Stream);
            downstreams.GetValueOrDefault(effect.Stream.Connection)?.OnStreamOver();
        }
    }

    private void Connect(in Effect effect)
    {
        var (id, address, cluster) = (effect.Upstream, effect.Host!.Address, effect.Cluster!);
        if (world.Find(address.Text, proxy.Id) is not { } found)
        {
            proxy.RefuseConnection(index, id);
            return;
        }

        if (address.IsLoopback)
        {
            localAddresses[id] = new NetworkAddress("127.0.0.1", FirstEphemeralPort + (int)(id.Value % EphemeralPorts));
        }

        upstreams[id] =
            effect.IsTcp ? new WireTcpUpstream(this, found.Entity, id, effect.Connection)
            : world.SpeaksBytes(found.Entity) ? new WireUpstream(this, found.Entity, id, cluster.Http1)
            : world.ServiceOf(found.Entity) is { Judge: not null } ? new AskedUpstream(this, found.Entity, id, cluster.Http2 is not null)
            : new ServiceUpstream(this, found.Entity, id, cluster.Http2 is not null);
        var argument = found.Listener;
        if (effect.Transport is { } transport)
        {
            transports[id] = transport;
            argument = world.Tls is { } tls && world.SpeaksBytes(found.Entity) ? tls.Offer(new ProxyTlsClient(transport)) : argument;
        }
        else if (effect.IsTcp && downstreams.GetValueOrDefault(effect.Connection) is { Client: { } client, Chain.Tls: null })
        {
            argument = -world.Tls!.Offer(client); // Its handshake is passed on.
        }

        _ = Send(found.Entity, EventKind.Connect, index, id.Value, argument);
    }

    /// <summary>A client that reads what is said to it closes first; another one finds out after the delay.</summary>
    private void Close(ConnectionId id, long delayNs)
    {
        if (!downstreams.TryGetValue(id, out var link))
        {
            return;
        }

        link.Dispose();
        if (delayNs > 0 && link.IsClosedByPeer)
        {
            proxy.CloseLater(index, id, delayNs);
        }
        else
        {
            FinishClose(id);
        }
    }

    /// <summary>The end of a connection that waited for its peer.</summary>
    public void FinishClose(ConnectionId id)
    {
        if (downstreams.Remove(id, out var link))
        {
            link.SayClosed();
            proxy.CloseConnection(index, id, link.Peer);
        }
    }

    /// <summary>By itself: what a closure needs is made whenever the method begins that it stands in.</summary>
    private void EndInspectionLater(ConnectionId id) => later.Enqueue(() => EndInspection(id));

    private void PassLater(ConnectionId connection, UpstreamConnectionId upstream) => later.Enqueue(() => Pass(connection, upstream));

    private void Pass(ConnectionId connection, UpstreamConnectionId upstream)
    {
        if (downstreams.GetValueOrDefault(connection) is WireDownstream client && upstreams.GetValueOrDefault(upstream) is WireTcpUpstream host)
        {
            client.Pass(host);
        }
    }

    private void EndInspection(ConnectionId id)
    {
        if (infos.TryGetValue(id, out var known) && downstreams.TryGetValue(id, out var link))
        {
            GoOn(id, link, known.Info);
        }
    }

    private void RunLater()
    {
        while (!busy && later.TryDequeue(out var action))
        {
            action();
        }
    }
}
