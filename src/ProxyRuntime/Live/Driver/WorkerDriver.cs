using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Live;

/// <summary>Carries out what a worker asks for.</summary>
internal interface IEffectHandler
{
    void CarryOut(in Effect effect);

    /// <summary>The effects of an input are all carried out: the bytes that came with it are no longer meant.</summary>
    void OnCarriedOut();
}

/// <summary>
/// Drives one worker by the driver contract: one input, its effects in order, then the next. Facts that arise while effects are
/// carried out wait their turn.
/// </summary>
internal sealed class WorkerDriver(Worker worker, EventLoop loop, IEffectHandler handler, MachineRecorder? recorder)
{
    private readonly EffectBuffer effects = new();
    private readonly Queue<Action> later = new();
    private bool busy;

    public Worker Worker => worker;

    public void DownstreamConnection(ConnectionId connection, ConnectionInfo info)
    {
        var now = Begin();
        recorder?.Input(InputText.DownstreamConnection(now, connection, info));
        worker.DownstreamConnection(now, connection, info, effects);
        Finish();
    }

    public void ConnectionProtocol(ConnectionId connection, HttpProtocol protocol)
    {
        var now = Begin();
        recorder?.Input(InputText.Plain("ConnectionProtocol", now, $"{connection} {protocol}"));
        worker.ConnectionProtocol(now, connection, protocol, effects);
        Finish();
    }

    public void DownstreamAccepted(ConnectionId connection, string listener)
    {
        var now = Begin();
        recorder?.Input(InputText.DownstreamAccepted(now, connection, listener));
        worker.DownstreamAccepted(now, connection, listener, effects);
        Finish();
    }

    public void InspectionFailed(ConnectionId connection, ClientHelloState found)
    {
        var now = Begin();
        recorder?.Input(InputText.InspectionFailed(now, connection, found));
        worker.InspectionFailed(now, connection, found, effects);
        Finish();
    }

    public void DownstreamHandshake(ConnectionId connection, TlsHandshake handshake)
    {
        var now = Begin();
        recorder?.Input(InputText.Handshake("DownstreamHandshake", now, connection.ToString(), handshake));
        worker.DownstreamHandshake(now, connection, handshake, effects);
        Finish();
    }

    public void UpstreamHandshake(UpstreamConnectionId connection, TlsHandshake handshake)
    {
        var now = Begin();
        recorder?.Input(InputText.Handshake("UpstreamHandshake", now, connection.ToString(), handshake));
        worker.UpstreamHandshake(now, connection, handshake, effects);
        Finish();
    }

    public void RequestBegin(StreamId stream)
    {
        var now = Begin();
        recorder?.Input(InputText.Plain("RequestBegin", now, stream.ToString()));
        worker.RequestBegin(now, stream, effects);
        Finish();
    }

    public void RequestHeaders(StreamId stream, HeaderMap head, bool endStream)
    {
        var now = Begin();
        recorder?.Input(InputText.Headers("RequestHeaders", now, stream.ToString(), head, endStream));
        worker.RequestHeaders(now, stream, head, endStream, effects);
        Finish();
    }

    public void RequestData(StreamId stream, long bytes, bool endStream)
    {
        var now = Begin();
        recorder?.Input(InputText.Data("RequestData", now, stream.ToString(), bytes, endStream));
        worker.RequestData(now, stream, bytes, endStream, effects);
        Finish();
    }

    public void RequestTrailers(StreamId stream, HeaderMap trailers)
    {
        var now = Begin();
        recorder?.Input(InputText.Headers("RequestTrailers", now, stream.ToString(), trailers, endStream: true));
        worker.RequestTrailers(now, stream, trailers, effects);
        Finish();
    }

    public void RequestRefused(StreamId stream, RequestError error)
    {
        var now = Begin();
        recorder?.Input(InputText.RequestRefused(now, stream, error));
        worker.RequestRefused(now, stream, error, effects);
        Finish();
    }

    public void DownstreamClosed(ConnectionId connection, long unsentBytes)
    {
        var now = Begin();
        recorder?.Input(InputText.DownstreamClosed(now, connection, unsentBytes));
        worker.DownstreamClosed(now, connection, effects, unsentBytes);
        Finish();
    }

    public void TcpData(ConnectionId connection, TcpSide from, long bytes, bool endStream)
    {
        var now = Begin();
        recorder?.Input(InputText.TcpData(now, connection, from, bytes, endStream));
        worker.TcpData(now, connection, from, bytes, endStream, effects);
        Finish();
    }

    public void TcpFlowControl(ConnectionId connection, TcpSide from, bool paused)
    {
        var now = Begin();
        recorder?.Input(InputText.TcpFlowControl(now, connection, from, paused));
        worker.TcpFlowControl(now, connection, from, paused, effects);
        Finish();
    }

    public void ConnectionResult(UpstreamConnectionId connection, ConnectOutcome outcome, string failureReason, NetworkAddress? local)
    {
        var now = Begin();
        recorder?.Input(InputText.ConnectionResult(now, connection, outcome, failureReason, local));
        worker.ConnectionResult(now, connection, outcome, failureReason, local, effects);
        Finish();
    }

    public void GoAway(UpstreamConnectionId connection)
    {
        var now = Begin();
        recorder?.Input(InputText.Plain("GoAway", now, connection.ToString()));
        worker.GoAway(now, connection, effects);
        Finish();
    }

    public void ConnectionEnding(UpstreamConnectionId connection)
    {
        var now = Begin();
        recorder?.Input(InputText.Plain("ConnectionEnding", now, connection.ToString()));
        worker.ConnectionEnding(now, connection, effects);
        Finish();
    }

    public void ConnectionClosed(UpstreamConnectionId connection, ResetReason reason)
    {
        var now = Begin();
        recorder?.Input(InputText.ConnectionClosed(now, connection, reason));
        worker.ConnectionClosed(now, connection, reason, effects);
        Finish();
    }

    public void ResponseInformational(AttemptId attempt, HeaderMap head)
    {
        var now = Begin();
        recorder?.Input(InputText.Headers("ResponseInformational", now, attempt.ToString(), head, endStream: false));
        worker.ResponseInformational(now, attempt, head, effects);
        Finish();
    }

    public void ResponseHeaders(AttemptId attempt, HeaderMap head, bool endStream)
    {
        var now = Begin();
        recorder?.Input(InputText.Headers("ResponseHeaders", now, attempt.ToString(), head, endStream));
        worker.ResponseHeaders(now, attempt, head, endStream, effects);
        Finish();
    }

    public void ResponseData(AttemptId attempt, long bytes, bool endStream)
    {
        var now = Begin();
        recorder?.Input(InputText.Data("ResponseData", now, attempt.ToString(), bytes, endStream));
        worker.ResponseData(now, attempt, bytes, endStream, effects);
        Finish();
    }

    public void ResponseContent(AttemptId attempt, ReadOnlySpan<byte> content, bool endStream)
    {
        var now = Begin();
        recorder?.Input(InputText.Content("ResponseContent", now, attempt.ToString(), content, endStream));
        worker.ResponseContent(now, attempt, content, endStream, effects);
        Finish();
    }

    public void ResponseTrailers(AttemptId attempt, HeaderMap trailers)
    {
        var now = Begin();
        recorder?.Input(InputText.Headers("ResponseTrailers", now, attempt.ToString(), trailers, endStream: true));
        worker.ResponseTrailers(now, attempt, trailers, effects);
        Finish();
    }

    public void HostUpdate(ClusterMembership membership)
    {
        var now = Begin();
        recorder?.Input(InputText.HostUpdate(now, membership));
        worker.HostUpdate(now, membership, effects);
        Finish();
    }

    public void HostFailed(string cluster, HostState host)
    {
        var now = Begin();
        recorder?.Input(InputText.HostFailed(now, cluster, host));
        worker.HostFailed(now, cluster, host, effects);
        Finish();
    }

    public void ListenerUpdate(ListenerSnapshot listener)
    {
        var now = Begin();
        recorder?.Input(InputText.ListenerUpdate(now, listener.Name));
        worker.ListenerUpdate(now, listener, effects);
        Finish();
    }

    public void ListenerRemoved(string listener)
    {
        var now = Begin();
        recorder?.Input(InputText.ListenerRemoved(now, listener));
        worker.ListenerRemoved(now, listener, effects);
        Finish();
    }

    public void Drain()
    {
        var now = Begin();
        recorder?.Input(InputText.Plain("Drain", now, ""));
        worker.Drain(now, effects);
        Finish();
    }

    public void Advance()
    {
        var now = Begin();
        recorder?.Input(InputText.Plain("Advance", now, ""));
        worker.Advance(now, effects);
        Finish();
    }

    /// <summary>Runs something that may call in, once no effects are being carried out.</summary>
    public void Later(Action action)
    {
        later.Enqueue(action);
        if (!busy)
        {
            RunLater();
        }
    }

    private MonotonicTime Begin() => busy ? throw new InvalidOperationException("A worker takes no input while effects are carried out.") : loop.Now;

    private void Finish()
    {
        recorder?.Outcome(effects, worker.NextDeadline);
        busy = true;
        for (var i = 0; i < effects.Count; i++)
        {
            handler.CarryOut(effects[i]);
        }

        effects.Clear();
        handler.OnCarriedOut();
        busy = false;
        RunLater();
    }

    private void RunLater()
    {
        while (later.TryDequeue(out var action))
        {
            action();
        }
    }
}
