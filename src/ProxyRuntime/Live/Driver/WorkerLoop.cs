using System.Net;
using System.Net.Sockets;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Live;

/// <summary>One worker thread of a live proxy: its listeners, its connections, its machine. Carries effects out; decides nothing.</summary>
internal sealed class WorkerLoop : IEffectHandler
{
    private readonly Dictionary<ConnectionId, DownstreamSocket> downstreams = [];
    private readonly Dictionary<string, ListenerSocket> listeners = new(StringComparer.Ordinal);
    private readonly AccessLogs accessLogs;
    private long lastConnection;

    public WorkerLoop(string name, LiveClock clock, Worker worker, AccessLogs accessLogs, MachineRecorder? recorder)
    {
        this.accessLogs = accessLogs;
        Events = new EventLoop(name, clock);
        Driver = new WorkerDriver(worker, clock, this, recorder);
        Events.NextDeadline = () => worker.NextDeadline;
        Events.OnDeadline = Driver.Advance;
    }

    public EventLoop Events { get; }

    public WorkerDriver Driver { get; }

    public Dictionary<StreamId, LiveStream> Streams { get; } = [];

    public Dictionary<UpstreamConnectionId, UpstreamSocket> Upstreams { get; } = [];

    /// <summary>The body bytes that came with the input under way.</summary>
    public ReadOnlyMemory<byte> Chunk { get; set; }

    public int OpenConnections => downstreams.Count;

    /// <summary>Accepts connections on a socket that is bound and listening already.</summary>
    public void Open(ListenerSnapshot listener, Socket socket)
    {
        var handler = new ListenerSocket(this, listener, socket);
        listeners[listener.Name] = handler;
        Events.Register(socket, handler, Epoll.In);
    }

    public void CloseListener(string name)
    {
        if (listeners.Remove(name, out var listener))
        {
            listener.Close();
        }
    }

    public void OnAccepted(ListenerSnapshot listener, Socket socket)
    {
        var id = new ConnectionId(++lastConnection);
        var connection = new DownstreamSocket(this, socket, id, listener.ConnectionManager);
        downstreams[id] = connection;
        connection.Start();
        Driver.DownstreamConnection(id, new ConnectionInfo(listener.Name, Address(socket.RemoteEndPoint), Address(socket.LocalEndPoint)));
    }

    public void OnDownstreamClosed(DownstreamSocket connection)
    {
        if (downstreams.Remove(connection.Id))
        {
            Later(() => Driver.DownstreamClosed(connection.Id));
        }
    }

    public void Later(Action action) => Driver.Later(action);

    /// <summary>Runs something in this loop after so many nanoseconds.</summary>
    public void After(long delayNs, Action action) =>
        _ = Task.Delay(TimeSpan.FromTicks(delayNs / 100)).ContinueWith(_ => Events.Post(action), TaskScheduler.Default);

    // Effects.

    public void CarryOut(in Effect effect)
    {
        switch (effect.Kind)
        {
            case EffectKind.OpenConnection:
                Upstreams[effect.Upstream] = UpstreamSocket.Connect(this, effect.Upstream, effect.Host!.Address);
                break;
            case EffectKind.CloseConnection:
            case EffectKind.CancelAttempt:
                Upstreams.GetValueOrDefault(effect.Upstream)?.Close();
                break;
            case EffectKind.StartAttempt:
            case EffectKind.SendData:
            case EffectKind.SendBuffered:
            case EffectKind.SendTrailers:
                Send(effect);
                break;
            case EffectKind.CloseDownstream:
                downstreams.GetValueOrDefault(effect.Connection)?.Close(effect.Bytes);
                break;
            default:
                CarryOutForStream(effect);
                break;
        }
    }

    private void Send(in Effect effect)
    {
        if (!Upstreams.TryGetValue(effect.Upstream, out var upstream) || !Streams.TryGetValue(effect.Stream, out var stream))
        {
            return;
        }

        switch (effect.Kind)
        {
            case EffectKind.StartAttempt:
                upstream.Begin(effect.Attempt, stream);
                upstream.Messages.WriteRequestHead(effect.Head!, effect.EndStream);
                break;
            case EffectKind.SendData:
                upstream.Messages.WriteData(Chunk.Span, effect.EndStream);
                break;
            case EffectKind.SendBuffered:
                upstream.Messages.WriteData(stream.Kept, effect.EndStream);
                break;
            default:
                upstream.Messages.WriteTrailers(effect.Head!);
                break;
        }

        upstream.Flush();
    }

    private void CarryOutForStream(in Effect effect)
    {
        if (!Streams.TryGetValue(effect.Stream, out var stream))
        {
            return;
        }

        var connection = stream.Connection;
        switch (effect.Kind)
        {
            case EffectKind.BufferBody:
                stream.Keep(Chunk.Span);
                break;
            case EffectKind.ReleaseBody:
                stream.Release();
                Later(connection.Parse);
                break;
            case EffectKind.LocalReply:
                connection.Messages.WriteResponseHead(effect.Head!, endStream: effect.Body.IsEmpty, stream.IsHead);
                connection.Messages.WriteData(effect.Body.Span, endStream: true);
                connection.Flush();
                break;
            case EffectKind.ForwardHeaders:
                connection.Messages.WriteResponseHead(effect.Head!, effect.EndStream, stream.IsHead);
                connection.Flush();
                break;
            case EffectKind.ForwardData:
                connection.Messages.WriteData(Chunk.Span, effect.EndStream);
                connection.Flush();
                break;
            case EffectKind.ForwardTrailers:
                connection.Messages.WriteTrailers(effect.Head!);
                connection.Flush();
                break;
            case EffectKind.ResetDownstream:
                break; // HTTP/1 can only close, and CloseDownstream follows.
            case EffectKind.LogAccess:
                accessLogs.Write(effect.Log!);
                _ = Streams.Remove(effect.Stream);
                connection.OnStreamOver();
                break;
            default:
                throw new InvalidOperationException($"A worker has no effect {effect.Kind}.");
        }
    }

    private static NetworkAddress Address(EndPoint? endPoint) =>
        endPoint is IPEndPoint ip
            ? new NetworkAddress((ip.Address.IsIPv4MappedToIPv6 ? ip.Address.MapToIPv4() : ip.Address).ToString(), ip.Port)
            : new NetworkAddress("0.0.0.0", 0);
}
