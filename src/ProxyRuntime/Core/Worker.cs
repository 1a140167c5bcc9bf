#pragma warning disable MA0025, CA1822, CA1065, IDE0060
namespace MeshSim.ProxyRuntime.Core;

/// <summary>
/// One worker of a proxy: streams, routing, retries, pools and balancing as a plain state machine without I/O, clock or threads.
/// </summary>
/// <remarks>
/// <para>Driver contract, the same for the simulator, the live proxy and the replay: call one input; carry out the effects in order;
/// clear them; re-arm one timer for <see cref="NextDeadline"/>. Never call in while carrying out effects. <c>now</c> never goes back.</para>
/// <para>Maps passed to an input come from <see cref="RentHeaders"/> and are the worker's from then on.</para>
/// <para>Inputs for streams, attempts or connections that are gone are ignored: a driver may learn of an end late.</para>
/// </remarks>
public sealed class Worker
{
    /// <param name="snapshot">What the proxy is configured to do.</param>
    /// <param name="shared">The one shared state of its proxy.</param>
    /// <param name="random">This worker's own source, for example <c>proxySource.DeriveSource("worker", "0")</c>.</param>
    /// <param name="epochUnixNs">Wall time at <see cref="MonotonicTime.Zero"/>, nanoseconds since the Unix epoch.</param>
    public Worker(ProxySnapshot snapshot, ProxyShared shared, RandomSource random, long epochUnixNs) => throw new NotImplementedException();

    /// <summary>The earliest moment at which <see cref="Advance"/> has something to do; null when there is none.</summary>
    public MonotonicTime? NextDeadline => throw new NotImplementedException();

    /// <summary>Read-only sight of clusters, hosts and statistics for admin pages, charts and tests.</summary>
    public IWorkerView View => throw new NotImplementedException();

    /// <summary>An empty map to fill for one input.</summary>
    public HeaderMap RentHeaders() => throw new NotImplementedException();

    /// <summary>Gives back a map that was rented but not passed to an input.</summary>
    public void ReturnHeaders(HeaderMap map) => throw new NotImplementedException();

    // 1. Facts from downstream.

    public void DownstreamConnection(MonotonicTime now, ConnectionId connection, ConnectionInfo info, EffectBuffer effects) => throw new NotImplementedException();

    public void RequestHeaders(MonotonicTime now, StreamId stream, HeaderMap head, bool endStream, EffectBuffer effects) => throw new NotImplementedException();

    public void RequestData(MonotonicTime now, StreamId stream, long bytes, bool endStream, EffectBuffer effects) => throw new NotImplementedException();

    public void RequestTrailers(MonotonicTime now, StreamId stream, HeaderMap trailers, EffectBuffer effects) => throw new NotImplementedException();

    /// <summary>The codec refuses what came as <paramref name="stream"/>; if the stream is not known yet it is made, so that it is answered and logged.</summary>
    public void RequestRefused(MonotonicTime now, StreamId stream, RequestError error, EffectBuffer effects) => throw new NotImplementedException();

    /// <summary>The peer reset one stream (HTTP/2).</summary>
    public void DownstreamReset(MonotonicTime now, StreamId stream, EffectBuffer effects) => throw new NotImplementedException();

    /// <summary>The connection is gone, whoever closed it.</summary>
    public void DownstreamClosed(MonotonicTime now, ConnectionId connection, EffectBuffer effects) => throw new NotImplementedException();

    // 2. Facts from upstream.

    /// <param name="failureReason">What the transport said, for logs; empty when connected.</param>
    public void ConnectionResult(MonotonicTime now, UpstreamConnectionId connection, ConnectOutcome outcome, string failureReason, EffectBuffer effects) => throw new NotImplementedException();

    /// <summary>The peer takes no more requests on this connection: HTTP/2 GOAWAY, HTTP/1 <c>connection: close</c>.</summary>
    public void GoAway(MonotonicTime now, UpstreamConnectionId connection, EffectBuffer effects) => throw new NotImplementedException();

    /// <summary>The connection is gone by the peer's doing or a transport error; its attempts end.</summary>
    /// <param name="reason"><see cref="ResetReason.ConnectionTermination"/>, or <see cref="ResetReason.ProtocolError"/> if what it sent was not HTTP.</param>
    public void ConnectionClosed(MonotonicTime now, UpstreamConnectionId connection, ResetReason reason, EffectBuffer effects) => throw new NotImplementedException();

    public void ResponseHeaders(MonotonicTime now, AttemptId attempt, HeaderMap head, bool endStream, EffectBuffer effects) => throw new NotImplementedException();

    public void ResponseData(MonotonicTime now, AttemptId attempt, long bytes, bool endStream, EffectBuffer effects) => throw new NotImplementedException();

    public void ResponseTrailers(MonotonicTime now, AttemptId attempt, HeaderMap trailers, EffectBuffer effects) => throw new NotImplementedException();

    /// <summary>The peer reset one attempt (HTTP/2), or its answer could not be read.</summary>
    public void UpstreamReset(MonotonicTime now, AttemptId attempt, ResetReason reason, EffectBuffer effects) => throw new NotImplementedException();

    // 3. Messages from the main machine.

    public void HostUpdate(MonotonicTime now, ClusterMembership membership, EffectBuffer effects) => throw new NotImplementedException();

    /// <summary>From now on answers carry <c>connection: close</c> and idle connections are closed.</summary>
    public void Drain(MonotonicTime now, EffectBuffer effects) => throw new NotImplementedException();

    // 4. Time. An early or repeated call changes nothing.

    public void Advance(MonotonicTime now, EffectBuffer effects) => throw new NotImplementedException();
}
