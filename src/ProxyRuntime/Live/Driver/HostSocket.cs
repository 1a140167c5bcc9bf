using System.Net;
using System.Net.Sockets;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Live;

/// <summary>A connection to a host, and how it is made; what it carries then is for those to say that derive from it.</summary>
internal abstract class HostSocket(WorkerLoop loop, UpstreamConnectionId id, Socket socket) : LoopSocket(loop, socket)
{
    private bool connecting = true;
    private bool handshaking;

    public UpstreamConnectionId Id => id;

    /// <summary>Nothing more is to be done with it.</summary>
    public bool IsClosed { get; private set; }

    protected WorkerLoop Loop => loop;

    protected bool IsConnecting => connecting;

    /// <summary>A socket for a connection; null where there is none to be had, which comes as an input of the worker.</summary>
    public static Socket? NewSocket(WorkerLoop loop, in Effect effect)
    {
        try
        {
            return new Socket(IPAddress.Parse(effect.Host!.Address.Ip).AddressFamily, SocketType.Stream, ProtocolType.Tcp) { Blocking = false, NoDelay = true };
        }
        catch (SocketException e)
        {
            var (connection, reason) = (effect.Upstream, ConnectFailure.Text(e.SocketErrorCode));
            loop.Later(() => loop.Driver.ConnectionResult(connection, ConnectOutcome.LocalFailure, reason, local: null));
            return null;
        }
    }

    /// <summary>Begins to connect; the outcome comes as an input of the worker.</summary>
    public void Connect(in Effect effect)
    {
        var address = effect.Host!.Address;
        if (effect.Transport is { } transport)
        {
            handshaking = true;
            Secure(new TlsClient(transport));
        }

        try
        {
            Socket.Connect(new IPEndPoint(IPAddress.Parse(address.Ip), address.Port));
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
        {
            // The usual case: the socket becomes writable when the connection is there.
        }
        catch (SocketException e)
        {
            var failure = e.SocketErrorCode;
            loop.Later(() => FailConnect(failure));
            return;
        }

        Watch(Epoll.Out);
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

        if (readable && !IsClosed)
        {
            Read();
        }
    }

    /// <summary>Closes without telling the worker, who asked for it.</summary>
    public void Close()
    {
        if (IsClosed)
        {
            return;
        }

        IsClosed = true;
        Unwatch();
        CloseSocket();
        OnClosed();
    }

    /// <summary>Takes what has come, once the connection is there.</summary>
    protected abstract void OnReadable();

    /// <summary>The connection is there and the worker knows; what came behind a handshake waits to be decrypted.</summary>
    protected abstract void OnSecured(TlsTransport tls);

    /// <summary>Watches for what is wanted of the socket.</summary>
    protected abstract void UpdateInterest();

    /// <summary>It is closed: whoever has it lets go.</summary>
    protected abstract void OnClosed();

    /// <summary>While a handshake is under way nothing else is.</summary>
    protected bool IsHandshaking => handshaking;

    private void Read()
    {
        if (handshaking)
        {
            _ = TryReceive();
            Handshake(Tls!);
        }
        else
        {
            OnReadable();
        }
    }

    private void FinishConnect()
    {
        var error = (SocketError)(int)Socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error)!;
        if (error != SocketError.Success)
        {
            FailConnect(error);
            return;
        }

        connecting = false;
        if (Tls is { } tls)
        {
            tls.Begin(default);
            Handshake(tls);
            return;
        }

        Connected();
    }

    private void Connected()
    {
        UpdateInterest();
        loop.Driver.ConnectionResult(id, ConnectOutcome.Connected, "", SocketAddresses.Of(Socket.LocalEndPoint));
    }

    /// <summary>The connection is there once its handshake is done.</summary>
    private void Handshake(TlsTransport tls)
    {
        Touch();
        UpdateInterest();
        if (tls.Handshake is not { } ended)
        {
            return;
        }

        handshaking = false;
        loop.Driver.UpstreamHandshake(id, ended);
        if (!tls.IsOpen)
        {
            FailConnect("");
            return;
        }

        Connected();
        if (!IsClosed)
        {
            OnSecured(tls);
        }
    }

    private void FailConnect(SocketError error) => FailConnect(ConnectFailure.Text(error));

    private void FailConnect(string reason)
    {
        if (!IsClosed)
        {
            Close();
            loop.Driver.ConnectionResult(id, ConnectOutcome.RemoteFailure, reason, local: null);
        }
    }
}
