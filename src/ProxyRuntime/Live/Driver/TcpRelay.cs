using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Live;

/// <summary>
/// Carries the bytes of a TCP proxy between a client and a host: what comes from one side waits in the output of the other, and where too much
/// waits there the one is not read. One side's end is passed on behind its last byte.
/// </summary>
/// <param name="limit">More bytes than these are too many; reading goes on when half of them are left.</param>
internal sealed class TcpRelay(WorkerLoop loop, DownstreamSocket downstream, long limit)
{
    private TcpUpstreamSocket? upstream;
    private Source fromDownstream;
    private Source fromUpstream;

    /// <summary>Bytes that came from the client and are not sent to the host yet.</summary>
    public long UnsentUpstream => upstream is { IsClosed: false } host ? host.Unsent : 0;

    private bool IsPassing => upstream is { IsClosed: false } && !downstream.IsClosed;

    /// <summary>Bytes of this side are wanted just now.</summary>
    public bool Reads(TcpSide side) => IsPassing && !Of(side).Ended && !Of(side).Paused;

    /// <summary>The two are connected: what has come already goes first.</summary>
    public void Begin(TcpUpstreamSocket host) =>
        loop.Later(() =>
        {
            if (host.IsClosed || downstream.IsClosed)
            {
                return;
            }

            upstream = host;
            host.Join(this);
            OnDownstreamReady();
            if (IsPassing)
            {
                OnReadable(TcpSide.Upstream);
            }
        });

    /// <summary>The client's bytes can be read, as far as a handshake is concerned.</summary>
    public void OnDownstreamReady()
    {
        if (!IsPassing || !downstream.IsReady)
        {
            return;
        }

        if (downstream.HandOver(upstream!) is > 0 and var bytes)
        {
            upstream!.Touch();
            loop.Driver.TcpData(downstream.Id, TcpSide.Downstream, bytes, endStream: false);
        }

        if (IsPassing)
        {
            OnReadable(TcpSide.Downstream);
        }
    }

    /// <summary>A socket has something to tell.</summary>
    public void OnReadable(TcpSide side)
    {
        if (!Reads(side))
        {
            Ignore(side);
            return;
        }

        var (source, target) = Ends(side);
        var before = target.Queued;
        var goesOn = source.TryReceiveFor(target);
        var bytes = target.Queued - before;
        if (!goesOn && source.WasReset)
        {
            Broken(side);
            return;
        }

        if (!goesOn)
        {
            Of(side).Ended = true;
            target.EndOutput();
        }

        if (bytes > 0 || !goesOn)
        {
            target.Touch();
            loop.Driver.TcpData(downstream.Id, side, bytes, endStream: !goesOn);
        }

        PauseIfFull(side, target);
        WatchAgain(side);
    }

    /// <summary>Some of what waited for a side has been sent: the other may be read again.</summary>
    public void OnSent(TcpSide to, int bytes)
    {
        var from = to == TcpSide.Upstream ? TcpSide.Downstream : TcpSide.Upstream;
        if (bytes <= 0 || !IsPassing || Reads(from))
        {
            return;
        }

        // Where nothing is read that would say so, what is sent says that the connection is not idle.
        loop.Driver.TcpData(downstream.Id, from, 0, endStream: false);
        var (_, target) = Ends(from);
        if (Of(from).Paused && target.Queued <= limit / 2)
        {
            Of(from).Paused = false;
            loop.Driver.TcpFlowControl(downstream.Id, from, paused: false);
            OnReadable(from); // With TLS the socket itself may have nothing more to tell.
        }
    }

    private ref Source Of(TcpSide side)
    {
        if (side == TcpSide.Downstream)
        {
            return ref fromDownstream;
        }

        return ref fromUpstream;
    }

    private (LoopSocket Source, LoopSocket Target) Ends(TcpSide from) => from == TcpSide.Downstream ? (downstream, upstream!) : (upstream!, downstream);

    private void PauseIfFull(TcpSide side, LoopSocket target)
    {
        if (IsPassing && !Of(side).Ended && target.Queued > limit)
        {
            Of(side).Paused = true;
            loop.Driver.TcpFlowControl(downstream.Id, side, paused: true);
        }
    }

    private void Broken(TcpSide side)
    {
        if (side == TcpSide.Downstream)
        {
            downstream.Broken();
        }
        else
        {
            upstream!.Broken();
        }
    }

    private void Ignore(TcpSide side)
    {
        if (side == TcpSide.Downstream)
        {
            downstream.Ignore();
        }
        else
        {
            upstream?.Ignore();
        }
    }

    private void WatchAgain(TcpSide side)
    {
        if (side == TcpSide.Downstream)
        {
            downstream.WatchAgain();
        }
        else
        {
            upstream?.WatchAgain();
        }
    }

    /// <summary>What comes from one side.</summary>
    private struct Source
    {
        /// <summary>Nothing comes any more.</summary>
        public bool Ended { get; set; }

        /// <summary>Too much of it waits for the other side.</summary>
        public bool Paused { get; set; }
    }
}
