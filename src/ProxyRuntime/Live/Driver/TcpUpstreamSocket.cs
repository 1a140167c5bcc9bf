using System.Net.Sockets;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Live;

/// <summary>One connection to a host that carries what a client of a TCP proxy says, as it is.</summary>
internal sealed class TcpUpstreamSocket : HostSocket
{
    private TcpRelay? relay;
    private bool closing;

    private TcpUpstreamSocket(WorkerLoop loop, UpstreamConnectionId id, Socket socket)
        : base(loop, id, socket) { }

    /// <summary>Begins to connect; the outcome comes as an input of the worker.</summary>
    public static TcpUpstreamSocket? Connect(WorkerLoop loop, in Effect effect)
    {
        if (NewSocket(loop, effect) is not { } socket)
        {
            return null;
        }

        var upstream = new TcpUpstreamSocket(loop, effect.Upstream, socket);
        upstream.Connect(effect);
        return upstream;
    }

    /// <summary>From now on it is the other end of that.</summary>
    public void Join(TcpRelay joined) => relay = joined;

    /// <summary>Its client has gone: it is closed when all is sent, and the worker told.</summary>
    public void CloseWhenSent()
    {
        closing = true;
        relay = null;
        UpdateInterest();
        Touch();
    }

    /// <summary>It broke, and nothing of it is left to be read; the worker is told.</summary>
    public void Broken()
    {
        if (!IsClosed)
        {
            Close();
            Loop.Driver.ConnectionClosed(Id, ResetReason.ConnectionTermination);
        }
    }

    public void WatchAgain() => UpdateInterest();

    /// <summary>What it has to tell is not to be heard now.</summary>
    public void Ignore() => Park();

    protected override void Flush()
    {
        if (IsClosed || IsConnecting)
        {
            return;
        }

        var unsent = Unsent;
        var sends = TrySend();
        if (!sends)
        {
            Output.Clear(); // Nobody takes it any more. What the host had said before is read, then its end is met.
        }

        if (closing && (!sends || !HasOutput))
        {
            Broken();
            return;
        }

        relay?.OnSent(TcpSide.Upstream, unsent - Unsent);
        UpdateInterest();
    }

    protected override void OnReadable()
    {
        if (relay is null)
        {
            Park();
        }
        else
        {
            relay.OnReadable(TcpSide.Upstream);
        }
    }

    protected override void OnSecured(TlsTransport tls) { }

    protected override void UpdateInterest()
    {
        if (IsClosed || IsConnecting)
        {
            return;
        }

        var read = IsHandshaking || relay is { } reading && reading.Reads(TcpSide.Upstream);
        Watch((read ? Epoll.In | Epoll.ReadHangUp : 0u) | (IsFull ? Epoll.Out : 0u));
    }

    protected override void OnClosed()
    {
        relay = null;
        _ = Loop.TcpUpstreams.Remove(Id);
    }
}
