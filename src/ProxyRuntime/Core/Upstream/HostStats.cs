namespace MeshSim.ProxyRuntime.Core;

/// <summary>The numbers of one host that <c>/clusters</c> shows; written by all workers.</summary>
public sealed class HostStats
{
    /// <summary>Of a host that was never used. Nobody counts in it.</summary>
    internal static readonly HostStats Unused = new();

    private long cxActive;
    private long cxConnectFail;
    private long cxTotal;
    private long rqActive;
    private long rqError;
    private long rqPendingActive;
    private long rqSuccess;
    private long rqTimeout;
    private long rqTotal;

    public long CxActive => Volatile.Read(ref cxActive);

    public long CxConnectFail => Volatile.Read(ref cxConnectFail);

    public long CxTotal => Volatile.Read(ref cxTotal);

    public long RqActive => Volatile.Read(ref rqActive);

    public long RqError => Volatile.Read(ref rqError);

    public long RqPendingActive => Volatile.Read(ref rqPendingActive);

    public long RqSuccess => Volatile.Read(ref rqSuccess);

    public long RqTimeout => Volatile.Read(ref rqTimeout);

    public long RqTotal => Volatile.Read(ref rqTotal);

    internal void ConnectionOpened()
    {
        _ = Interlocked.Increment(ref cxTotal);
        _ = Interlocked.Increment(ref cxActive);
    }

    internal void ConnectionClosed() => Interlocked.Decrement(ref cxActive);

    internal void ConnectFailed() => Interlocked.Increment(ref cxConnectFail);

    internal void RequestPending(int change) => Interlocked.Add(ref rqPendingActive, change);

    internal void RequestStarted()
    {
        _ = Interlocked.Increment(ref rqTotal);
        _ = Interlocked.Increment(ref rqActive);
    }

    internal void RequestEnded() => Interlocked.Decrement(ref rqActive);

    internal void Failed() => Interlocked.Increment(ref rqError);

    /// <summary>A response that stands: an error from 500 up, a success otherwise.</summary>
    internal void Judge(int code) => Interlocked.Increment(ref code >= 500 ? ref rqError : ref rqSuccess);

    internal void TimedOut() => Interlocked.Increment(ref rqTimeout);
}
