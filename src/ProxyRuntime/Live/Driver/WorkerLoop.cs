using System.Net.Sockets;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Live;

/// <summary>One worker thread of a live proxy: its listeners, its connections, its machine. Carries effects out; decides nothing.</summary>
internal sealed class WorkerLoop : IEffectHandler, ISocketLoop, IDisposable
{
    private readonly Dictionary<ConnectionId, DownstreamSocket> downstreams = [];
    private readonly Dictionary<Socket, ListenerSocket> listeners = [];
    private readonly List<TouchedSocket> touched = [];
    private readonly KeptBodies bodies = new();
    private readonly AccessLogWriter accessLogs;
    private readonly Action<StreamInfo>? ended;
    private long lastConnection;

    public WorkerLoop(string name, LiveClock clock, Worker worker, AccessLogs accessLogs, Action<StreamInfo>? ended, MachineRecorder? recorder)
    {
        this.ended = ended;
        this.accessLogs = new AccessLogWriter(accessLogs);
        Events = new EventLoop(name, clock);
        Driver = new WorkerDriver(worker, Events, this, recorder);
        Events.NextDeadline = () => worker.NextDeadline;
        Events.OnDeadline = Driver.Advance;
        Events.BeforeWait = FlushTouched;
    }

    public EventLoop Events { get; }

    public BufferPool Buffers { get; } = new();

    public WorkerDriver Driver { get; }

    /// <summary>Requests of clients that are not over; those of the proxy's own have no entry.</summary>
    public Dictionary<StreamId, LiveStream> Streams { get; } = [];

    public Dictionary<UpstreamConnectionId, UpstreamSocket> Upstreams { get; } = [];

    public Dictionary<UpstreamConnectionId, TcpUpstreamSocket> TcpUpstreams { get; } = [];

    /// <summary>The body bytes that came with the input under way.</summary>
    public ReadOnlyMemory<byte> Chunk { get; set; }

    /// <summary>The request whose body bytes came with the input under way; copies of them may go to mirrors.</summary>
    public LiveStream? Current { get; set; }

    /// <summary>Hands on what a worker has to tell the main machine.</summary>
    public Action<Effect> TellMain { get; set; } = static _ => { };

    public int OpenConnections => downstreams.Count;

    /// <summary>Accepts connections on a socket that is bound and listening already, in place of another listener if one has it.</summary>
    public void Open(ListenerSnapshot listener, Socket socket)
    {
        if (listeners.TryGetValue(socket, out var open))
        {
            open.Listener = listener;
            return;
        }

        var handler = new ListenerSocket(this, listener, socket);
        listeners[socket] = handler;
        Events.Register(socket, handler, Epoll.In);
    }

    public void CloseListener(Socket socket)
    {
        if (listeners.Remove(socket, out var listener))
        {
            listener.Close();
        }
    }

    public void OnAccepted(ListenerSnapshot listener, Socket socket)
    {
        var id = new ConnectionId(++lastConnection);
        var connection = new DownstreamSocket(this, socket, id, listener);
        downstreams[id] = connection;
        connection.Start();
    }

    public void OnDownstreamClosed(DownstreamSocket connection)
    {
        if (downstreams.Remove(connection.Id))
        {
            Later(() => Driver.DownstreamClosed(connection.Id, connection.Relay?.UnsentUpstream ?? 0));
        }
    }

    /// <summary>Ends the loop, then whatever connections are left.</summary>
    public void Dispose()
    {
        Events.Dispose();
        foreach (var socket in downstreams.Values.Concat<LoopSocket>(Upstreams.Values).Concat(TcpUpstreams.Values))
        {
            socket.Abandon();
        }
    }

    public void Later(Action action) => Driver.Later(action);

    /// <summary>Runs something in this loop after so many nanoseconds.</summary>
    public void After(long delayNs, Action action) => Events.After(delayNs, action);

    public void Touched(LoopSocket socket) => touched.Add(new TouchedSocket(socket));

    // Effects.

    public void CarryOut(in Effect effect)
    {
        switch (effect.Kind)
        {
            case EffectKind.OutlierDetected:
            case EffectKind.ImmediateHealthCheckFail:
            case EffectKind.TrafficBegan:
            case EffectKind.HostCreated:
                TellMain(effect);
                break;
            case EffectKind.OpenConnection:
                Open(effect);
                break;
            case EffectKind.PassBytes:
                downstreams.GetValueOrDefault(effect.Connection)?.Relay?.Begin(TcpUpstreams[effect.Upstream]);
                break;
            case EffectKind.CloseConnection when TcpUpstreams.GetValueOrDefault(effect.Upstream) is { } tcp:
                Close(tcp, whenSent: effect.EndStream);
                break;
            case EffectKind.CloseConnection:
            case EffectKind.CancelAttempt:
                Upstreams.GetValueOrDefault(effect.Upstream)?.Close();
                break;
            case EffectKind.StartAttempt:
            case EffectKind.SendData:
            case EffectKind.SendBuffered:
            case EffectKind.SendBody:
            case EffectKind.SendTrailers:
                Send(effect);
                break;
            case EffectKind.BufferBody:
                bodies.Keep(effect.Stream, Chunk.Span, effect.AwaitsConnection, Source(effect.Stream));
                break;
            case EffectKind.CopyBody:
                bodies.Copy(effect.Stream, effect.Source, effect.Bytes);
                break;
            case EffectKind.ReleaseBody:
                bodies.Release(effect.Stream);
                break;
            case EffectKind.UseFilterChain:
                downstreams.GetValueOrDefault(effect.Connection)?.Use(effect.FilterChain!);
                break;
            case EffectKind.EndInspection:
                downstreams.GetValueOrDefault(effect.Connection)?.EndInspection();
                break;
            case EffectKind.CloseDownstream:
                downstreams.GetValueOrDefault(effect.Connection)?.Close(effect.Bytes);
                break;
            case EffectKind.LogAccess:
                Log(effect);
                break;
            default:
                Answer(effect);
                break;
        }
    }

    public void OnCarriedOut()
    {
        Chunk = default;
        Current = null;
    }

    private void Open(in Effect effect)
    {
        if (effect.IsTcp)
        {
            if (TcpUpstreamSocket.Connect(this, effect) is { } tcp)
            {
                TcpUpstreams[effect.Upstream] = tcp;
            }
        }
        else if (UpstreamSocket.Connect(this, effect) is { } opened)
        {
            Upstreams[effect.Upstream] = opened;
        }
    }

    private static void Close(TcpUpstreamSocket upstream, bool whenSent)
    {
        if (whenSent)
        {
            upstream.CloseWhenSent();
        }
        else
        {
            upstream.Close();
        }
    }

    private void Send(in Effect effect)
    {
        if (!Upstreams.TryGetValue(effect.Upstream, out var upstream))
        {
            return;
        }

        switch (effect.Kind)
        {
            case EffectKind.StartAttempt:
                upstream.Begin(effect.Attempt, Streams.GetValueOrDefault(effect.Stream), effect.Head!, effect.WantsContent);
                upstream.Messages.WriteRequestHead(effect.Head!, effect.EndStream);
                break;
            case EffectKind.SendData:
                upstream.Messages.WriteData(Chunk.Span, effect.EndStream);
                break;
            case EffectKind.SendBuffered:
                upstream.Messages.WriteData(bodies.Take(effect.Stream), effect.EndStream);
                break;
            case EffectKind.SendBody:
                upstream.Messages.WriteData(effect.Body.Span, effect.EndStream);
                break;
            default:
                upstream.Messages.WriteTrailers(effect.Head!);
                break;
        }

        upstream.OnWritten(Source(effect.Stream));
    }

    private void Answer(in Effect effect)
    {
        if (!Streams.TryGetValue(effect.Stream, out var stream))
        {
            return;
        }

        var messages = stream.Requests.Messages;
        switch (effect.Kind)
        {
            case EffectKind.LocalReply:
                messages.WriteResponseHead(effect.Head!, endStream: effect.Body.IsEmpty, stream.Kind);
                messages.WriteData(effect.Body.Span, endStream: true);
                break;
            case EffectKind.ForwardInformational:
                messages.WriteInformational(effect.Head!);
                break;
            case EffectKind.ForwardHeaders:
                messages.WriteResponseHead(effect.Head!, effect.EndStream, stream.Kind);
                break;
            case EffectKind.ForwardData:
                messages.WriteData(Chunk.Span, effect.EndStream);
                break;
            case EffectKind.KeepResponse:
                stream.KeepResponse(Chunk.Span);
                break;
            case EffectKind.ForwardKept:
                messages.WriteData(stream.KeptResponse(effect.Bytes), effect.EndStream);
                stream.DropResponse(effect.Bytes);
                break;
            case EffectKind.ForwardTrailers:
                messages.WriteTrailers(effect.Head!);
                break;
            case EffectKind.ResetDownstream:
                break; // HTTP/1 has no reset of its own: that the connection is closed comes as an effect too.
            default:
                throw new InvalidOperationException($"A worker has no effect {effect.Kind}.");
        }

        stream.Requests.Connection.Touch();
    }

    private void Log(in Effect effect)
    {
        accessLogs.Write(effect.Log!, effect.Bytes);
        if (effect.EndStream && effect.Log!.TcpProxy is null)
        {
            ended?.Invoke(effect.Log!);
            bodies.Release(effect.Stream);
            if (Streams.Remove(effect.Stream, out var stream))
            {
                stream.Requests.OnStreamOver();
            }
        }
    }

    /// <summary>Which client's request the bytes come from: its own, or the one that is being copied.</summary>
    private LiveStream? Source(StreamId stream) => Streams.GetValueOrDefault(stream) ?? Current;

    /// <summary>What inputs of this round have written goes out in one piece for each socket.</summary>
    private void FlushTouched()
    {
        // Sending may bring facts to light, and they more to send.
        for (var i = 0; i < touched.Count; i++)
        {
            touched[i].Socket.FlushTouched();
        }

        touched.Clear();
    }

    /// <summary>A structure of its own, as an array of objects of different classes is checked at each store.</summary>
    private readonly record struct TouchedSocket(LoopSocket Socket);
}
