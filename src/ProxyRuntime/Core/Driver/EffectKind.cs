namespace MeshSim.ProxyRuntime.Core;

/// <summary>What a machine asks its driver to do. Effects are carried out in order; the driver never calls a machine meanwhile.</summary>
public enum EffectKind : byte
{
    // Workers, upstream.

    /// <summary>
    /// Connect <see cref="Effect.Upstream"/> to <see cref="Effect.Host"/> as <see cref="Effect.Cluster"/> and <see cref="Effect.Transport"/> say; answer with
    /// <see cref="Worker.ConnectionResult"/>. If <see cref="Effect.IsTcp"/> it is for the bytes of <see cref="Effect.Connection"/>.
    /// </summary>
    OpenConnection,

    /// <summary>
    /// Close <see cref="Effect.Upstream"/> now; no answer is expected. With <see cref="Effect.EndStream"/>, once what waits for it is sent; answer then with
    /// <see cref="Worker.ConnectionClosed"/>.
    /// </summary>
    CloseConnection,

    /// <summary>
    /// From now on – and once the handshakes are done – bytes of <see cref="Effect.Connection"/> go to <see cref="Effect.Upstream"/> and the other way
    /// round, those first that have come already. Tell of them with <see cref="Worker.TcpData"/>. One side's end is the other side's end of input; where
    /// more waits for one side than <see cref="TcpProxySnapshot.BufferLimitBytes"/> the other is not read (<see cref="Worker.TcpFlowControl"/>).
    /// </summary>
    PassBytes,

    /// <summary>Send <see cref="Effect.Head"/> of <see cref="Effect.Attempt"/> on <see cref="Effect.Upstream"/>; the request ends there if <see cref="Effect.EndStream"/>.</summary>
    StartAttempt,

    /// <summary>Send the body bytes just received (<see cref="Effect.Bytes"/>) of <see cref="Effect.Stream"/> to <see cref="Effect.Attempt"/>.</summary>
    SendData,

    /// <summary>Also keep the body bytes just received: an attempt may need them later, at once if <see cref="Effect.AwaitsConnection"/>.</summary>
    BufferBody,

    /// <summary>Send all kept body bytes (<see cref="Effect.Bytes"/>) of <see cref="Effect.Stream"/> to <see cref="Effect.Attempt"/>; they stay kept.</summary>
    SendBuffered,

    /// <summary>The kept body of <see cref="Effect.Stream"/> is no longer needed.</summary>
    ReleaseBody,

    /// <summary>Keep for <see cref="Effect.Stream"/> a copy of the first <see cref="Effect.Bytes"/> bytes kept for <see cref="Effect.Source"/>.</summary>
    CopyBody,

    /// <summary>Send <see cref="Effect.Body"/> as the body of <see cref="Effect.Attempt"/>: a request of the proxy's own.</summary>
    SendBody,

    /// <summary>Send <see cref="Effect.Head"/> as the trailers that end the request of <see cref="Effect.Attempt"/>.</summary>
    SendTrailers,

    /// <summary>The attempt is over before its end: on HTTP/1 its connection is closed, on HTTP/2 its stream is reset. No further input for it.</summary>
    CancelAttempt,

    // Workers, downstream.

    /// <summary>
    /// <see cref="Effect.Connection"/> has the filter chain <see cref="Effect.FilterChain"/>: its codec reads what comes, or with a TCP proxy nobody before
    /// <see cref="PassBytes"/>. If the chain ends TLS, the handshake comes first; answer with <see cref="Worker.DownstreamHandshake"/>.
    /// </summary>
    UseFilterChain,

    /// <summary>The time to inspect <see cref="Effect.Connection"/> is over: it goes on as plain text, with <see cref="Worker.DownstreamConnection"/>.</summary>
    EndInspection,

    /// <summary>Answer <see cref="Effect.Stream"/> with <see cref="Effect.Head"/> and <see cref="Effect.Body"/>; it is the end of the response.</summary>
    LocalReply,

    /// <summary>Send <see cref="Effect.Head"/> as an interim answer (1xx) to <see cref="Effect.Stream"/>; the answer itself follows.</summary>
    ForwardInformational,

    /// <summary>Send <see cref="Effect.Head"/> as response headers of <see cref="Effect.Stream"/>.</summary>
    ForwardHeaders,

    /// <summary>Send the response bytes just received from <see cref="Effect.Attempt"/> (<see cref="Effect.Bytes"/>) to <see cref="Effect.Stream"/>.</summary>
    ForwardData,

    /// <summary>Keep the response bytes just received from <see cref="Effect.Attempt"/> (<see cref="Effect.Bytes"/>) for <see cref="Effect.Stream"/>.</summary>
    KeepResponse,

    /// <summary>Send the oldest <see cref="Effect.Bytes"/> of the response bytes kept for <see cref="Effect.Stream"/>.</summary>
    ForwardKept,

    /// <summary>Send <see cref="Effect.Head"/> as the trailers that end the response of <see cref="Effect.Stream"/>.</summary>
    ForwardTrailers,

    /// <summary>Break off <see cref="Effect.Stream"/>: on HTTP/2 reset the stream; on HTTP/1 write nothing more, <see cref="CloseDownstream"/> follows.</summary>
    ResetDownstream,

    /// <summary>Flush, then close <see cref="Effect.Connection"/>; <see cref="Effect.Bytes"/> is how many nanoseconds to wait for the peer's FIN, 0 = none, <see cref="Effect.AtOnce"/> = close without flushing. Answer with <see cref="Worker.DownstreamClosed"/>.</summary>
    CloseDownstream,

    /// <summary>
    /// A request or a connection of a TCP proxy is over, or – without <see cref="Effect.EndStream"/> – goes on after a redirect within the proxy: write
    /// <see cref="Effect.Log"/> to those of its <see cref="StreamInfo.AccessLogs"/> whose bit is set in <see cref="Effect.Bytes"/>. Valid only while effects are carried out.
    /// </summary>
    LogAccess,

    /// <summary>Tell <see cref="ProxyMain.OutlierDetected"/>: <see cref="Effect.Host"/> of <see cref="Effect.Cluster"/>, with the <see cref="EjectionType"/> in <see cref="Effect.Bytes"/>.</summary>
    OutlierDetected,

    /// <summary>Tell <see cref="ProxyMain.HostCreated"/>: <see cref="Effect.Host"/> of <see cref="Effect.Cluster"/>, which is of type ORIGINAL_DST.</summary>
    HostCreated,

    /// <summary>Tell <see cref="ProxyMain.ImmediateHealthCheckFail"/>: <see cref="Effect.Host"/> of <see cref="Effect.Cluster"/> said so in a response.</summary>
    ImmediateHealthCheckFail,

    /// <summary>Tell <see cref="ProxyMain.TrafficBegan"/>: this worker has opened its first connection to <see cref="Effect.Cluster"/>, whose hosts are checked.</summary>
    TrafficBegan,

    // The main machine.

    /// <summary>Resolve <see cref="Effect.Dns"/>; answer with <see cref="ProxyMain.DnsResult"/>.</summary>
    ResolveDns,

    /// <summary>
    /// Read the endpoints of <see cref="Effect.Cluster"/> from where its <see cref="ClusterSnapshot.Eds"/> says, now and whenever they have
    /// changed there; answer each time with <see cref="ProxyMain.EndpointsUpdate"/>.
    /// </summary>
    WatchEndpoints,

    /// <summary>Deliver <see cref="Effect.Membership"/> to every worker as <see cref="Worker.HostUpdate"/>.</summary>
    HostUpdate,

    /// <summary>Tell every worker of <see cref="Effect.Host"/> of <see cref="Effect.Cluster"/> as <see cref="Worker.HostFailed"/>.</summary>
    HostFailed,

    /// <summary>Connect <see cref="Effect.Upstream"/> to <see cref="Effect.Probe"/> for health checks of <see cref="Effect.Cluster"/>; answer with <see cref="ProxyMain.Probe"/>.</summary>
    OpenProbe,

    /// <summary>
    /// Send the request <see cref="Effect.Attempt"/> on <see cref="Effect.Upstream"/>: <see cref="Effect.Head"/> and, unless
    /// <see cref="Effect.EndStream"/>, <see cref="Effect.Body"/>. Without a head it is bytes alone.
    /// </summary>
    SendProbe,

    /// <summary>Reset the request under way on <see cref="Effect.Upstream"/> (HTTP/2); the connection stays.</summary>
    CancelProbe,

    /// <summary>Close <see cref="Effect.Upstream"/> now; no answer is expected.</summary>
    CloseProbe,

    /// <summary>Append <see cref="Effect.Body"/>, a line, to the file <see cref="Effect.File"/>.</summary>
    LogEvent,

    /// <summary>
    /// Read the listeners of the proxy from where <see cref="ProxySnapshot.Lds"/> says, now and whenever they have changed there; answer each
    /// time with <see cref="ProxyMain.ListenersUpdate"/>.
    /// </summary>
    WatchListeners,

    /// <summary>
    /// Accept connections for <see cref="Effect.Listener"/>, on the socket that is open already where another listener has the same address. A listener that is
    /// not of the configuration is first told to every worker as <see cref="Worker.ListenerUpdate"/>.
    /// </summary>
    OpenListener,

    /// <summary>Stop accepting connections for <see cref="Effect.Listener"/>, unless another one has taken over its address; open ones stay.</summary>
    CloseListener,

    /// <summary>As <see cref="CloseListener"/>, and then tell every worker as <see cref="Worker.ListenerRemoved"/>.</summary>
    RemoveListener,
}
