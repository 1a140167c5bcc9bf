using System.Net;
using System.Net.Sockets;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Live;

/// <summary>One connection for health checks, in the main thread.</summary>
internal sealed class ProbeSocket : LoopSocket
{
    private readonly MainLoop loop;
    private readonly ProbeCodec codec;
    private bool connecting = true;
    private bool handshaking;
    private bool closed;

    private ProbeSocket(MainLoop loop, UpstreamConnectionId id, Socket socket, ProbeProtocol protocol, Http1Settings settings)
        : base(loop, socket)
    {
        this.loop = loop;
        Id = id;
        codec = new ProbeCodec(protocol, settings, Input, Output);
    }

    public UpstreamConnectionId Id { get; }

    /// <summary>Begins to connect; what becomes of it comes as an input of the main machine, not before its effects are carried out. Null: it could not be tried.</summary>
    public static ProbeSocket? Connect(MainLoop loop, in Effect effect)
    {
        var (id, target, settings) = (effect.Upstream, effect.Probe!, effect.Cluster!.Http1);
        var ip = IPAddress.Parse(target.Address.Ip);
        Socket raw;
        try
        {
            raw = new Socket(ip.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { Blocking = false, NoDelay = true };
        }
        catch (SocketException)
        {
            loop.Events.Post(() => loop.OnProbe(id, new ProbeEvent(ProbeEventKind.Closed)));
            return null;
        }

        var probe = new ProbeSocket(loop, id, raw, target.Protocol, settings);
        if (effect.Transport is { } transport)
        {
            probe.handshaking = true;
            probe.Secure(new TlsClient(transport));
        }

        try
        {
            raw.Connect(new IPEndPoint(ip, target.Address.Port));
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
        {
            // The usual case: the socket becomes writable when the connection is there.
        }
        catch (SocketException)
        {
            loop.Events.Post(probe.Broken);
            return probe;
        }

        probe.Watch(Epoll.Out);
        return probe;
    }

    public override void OnReady(bool readable, bool writable)
    {
        if (connecting)
        {
            FinishConnect();
            return;
        }

        if (writable)
        {
            Flush();
        }

        if (readable && !closed)
        {
            var goesOn = TryReceive();
            if (handshaking)
            {
                Handshake(Tls!);
                return;
            }

            codec.InputEnded |= !goesOn;
            Parse();
        }
    }

    public void Send(in Effect effect)
    {
        codec.Send(effect);
        Touch();
    }

    /// <summary>Closes without telling the main machine, which asked for it.</summary>
    public void Close()
    {
        if (!closed)
        {
            closed = true;
            Unwatch();
            CloseSocket();
            loop.Forget(this);
        }
    }

    protected override void Flush()
    {
        if (closed || connecting)
        {
            return;
        }

        if (TrySend())
        {
            Watch(Epoll.In | Epoll.ReadHangUp | (IsFull ? Epoll.Out : 0u));
        }
        else
        {
            Broken();
        }
    }

    private void FinishConnect()
    {
        var error = (SocketError)(int)Socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error)!;
        if (error != SocketError.Success)
        {
            Broken();
            return;
        }

        connecting = false;
        Watch(Epoll.In | Epoll.ReadHangUp);
        if (Tls is { } tls)
        {
            tls.Begin(default);
            Handshake(tls);
            return;
        }

        loop.OnProbe(Id, new ProbeEvent(ProbeEventKind.Connected));
    }

    private void Handshake(TlsTransport tls)
    {
        Touch();
        if (tls.Handshake is null)
        {
            return;
        }

        handshaking = false;
        if (!tls.IsOpen)
        {
            Broken();
            return;
        }

        loop.OnProbe(Id, new ProbeEvent(ProbeEventKind.Connected));
        if (!closed)
        {
            codec.InputEnded |= !tls.Decrypt(Input);
            Parse();
        }
    }

    private void Parse()
    {
        while (!closed && codec.TryNext(out var found))
        {
            if (found.Kind == ProbeEventKind.Closed)
            {
                Broken();
            }
            else
            {
                loop.OnProbe(Id, found);
            }
        }
    }

    private void Broken()
    {
        if (!closed)
        {
            Close();
            loop.OnProbe(Id, new ProbeEvent(ProbeEventKind.Closed));
        }
    }
}
