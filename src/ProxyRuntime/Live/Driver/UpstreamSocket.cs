using System.Net;
using System.Net.Sockets;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Live;

/// <summary>One connection to a host: requests written, responses taken apart.</summary>
internal sealed class UpstreamSocket : LoopSocket
{
    private readonly Http1ResponseReader reader;
    private readonly Action parse;
    private HeaderMap? map;
    private LiveStream? owner;
    private LiveStream? blocked;
    private AttemptId attempt;
    private bool wantsContent;
    private bool connecting = true;
    private bool handshaking;
    private bool inputEnded;
    private bool closed;
    private bool parsing;

    private UpstreamSocket(WorkerLoop loop, UpstreamConnectionId id, Socket socket, Http1Settings codec)
        : base(loop, socket)
    {
        Loop = loop;
        Id = id;
        reader = new Http1ResponseReader(codec);
        Messages = new Http1Writer(Output, codec);
        parse = Parse;
    }

    public UpstreamConnectionId Id { get; }

    public Http1Writer Messages { get; }

    private WorkerLoop Loop { get; }

    /// <summary>Begins to connect; the outcome comes as an input of the worker.</summary>
    public static UpstreamSocket? Connect(WorkerLoop loop, in Effect effect)
    {
        var (id, address, codec) = (effect.Upstream, effect.Host!.Address, effect.Cluster!.Http1);
        var ip = IPAddress.Parse(address.Ip);
        Socket raw;
        try
        {
            raw = new Socket(ip.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { Blocking = false, NoDelay = true };
        }
        catch (SocketException e)
        {
            var reason = ConnectFailure.Text(e.SocketErrorCode);
            loop.Later(() => loop.Driver.ConnectionResult(id, ConnectOutcome.LocalFailure, reason, local: null));
            return null;
        }

        var upstream = new UpstreamSocket(loop, id, raw, codec);
        if (effect.Transport is { } transport)
        {
            upstream.handshaking = true;
            upstream.Secure(new TlsClient(transport));
        }

        try
        {
            raw.Connect(new IPEndPoint(ip, address.Port));
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
        {
            // The usual case: the socket becomes writable when the connection is there.
        }
        catch (SocketException e)
        {
            var failure = e.SocketErrorCode;
            loop.Later(() => upstream.FailConnect(failure));
            return upstream;
        }

        upstream.Watch(Epoll.Out);
        return upstream;
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
            Read();
        }
    }

    /// <summary>The next response on this connection belongs to this attempt.</summary>
    /// <param name="client">The client's request; null for one of the proxy's own, whose response nobody has to keep up with.</param>
    public void Begin(AttemptId id, LiveStream? client, HeaderMap head, bool content)
    {
        attempt = id;
        owner = client;
        wantsContent = content;
        reader.Expect(head);
        if (client is not null)
        {
            client.Source = this;
        }
    }

    /// <summary>Something of a request was written. If too much waits, the client it comes from is not read until it has gone.</summary>
    public void OnWritten(LiveStream? source)
    {
        if (blocked is null && source is not null && IsCongested)
        {
            blocked = source;
            source.Block();
        }

        Touch();
    }

    /// <summary>The client has taken what was sent; the response may go on.</summary>
    public void ResumeReading()
    {
        if (!closed)
        {
            Loop.Later(parse);
        }
    }

    /// <summary>Closes without telling the worker, who asked for it.</summary>
    public void Close()
    {
        if (closed)
        {
            return;
        }

        closed = true;
        Unwatch();
        CloseSocket();
        _ = Loop.Upstreams.Remove(Id);
        LeaveOwner();
        Unblock();
        ReturnMap();
    }

    /// <summary>A connection that waits holds none.</summary>
    private void ReturnMap()
    {
        if (map is not null)
        {
            Loop.Driver.Worker.ReturnHeaders(map);
            map = null;
        }
    }

    protected override void Flush()
    {
        if (closed || connecting)
        {
            return;
        }

        if (!TrySend())
        {
            // What the host still had to say is read first; then its end is met.
            Output.Clear();
            Loop.Later(ReadRest);
        }

        if (!IsCongested)
        {
            Unblock();
        }

        UpdateInterest();
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
        Loop.Driver.ConnectionResult(Id, ConnectOutcome.Connected, "", SocketAddresses.Of(Socket.LocalEndPoint));
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
        Loop.Driver.UpstreamHandshake(Id, ended);
        if (!tls.IsOpen)
        {
            FailConnect("");
            return;
        }

        Connected();
        if (!closed)
        {
            inputEnded = !tls.Decrypt(Input);
            Parse();
        }
    }

    private void FailConnect(SocketError error) => FailConnect(ConnectFailure.Text(error));

    private void FailConnect(string reason)
    {
        if (!closed)
        {
            Close();
            Loop.Driver.ConnectionResult(Id, ConnectOutcome.RemoteFailure, reason, local: null);
        }
    }

    private void ReadRest()
    {
        while (!closed && !inputEnded)
        {
            var before = Input.Length;
            inputEnded = !TryReceive() || Input.Length == before;
        }

        Unwatch();
        Parse();
    }

    private void Read()
    {
        var goesOn = TryReceive();
        if (handshaking)
        {
            Handshake(Tls!);
            return;
        }

        if (!goesOn)
        {
            inputEnded = true;
            Unwatch();
        }

        Parse();
    }

    /// <summary>Hands on what has been received until bytes run out or nobody can take more.</summary>
    private void Parse()
    {
        if (parsing)
        {
            return;
        }

        parsing = true;
        while (!closed && owner is not { IsResponseHeldUp: true } && Step()) { }

        parsing = false;
        Input.Release();
        UpdateInterest();
    }

    private bool Step()
    {
        map ??= Loop.Driver.Worker.RentHeaders();
        var found = reader.Next(Input.Span, map);
        if (found.Kind == Http1EventKind.Error)
        {
            Broken(reader.Error);
            return false;
        }

        if (found.Kind == Http1EventKind.NeedMore)
        {
            Input.Consume(found.Consumed);
            ReturnMap();
            if (inputEnded)
            {
                OnEnd();
            }

            return false;
        }

        Loop.Chunk = found.Count == 0 ? default : Input.Memory.Slice(found.Offset, found.Count);
        Input.Consume(found.Consumed);
        if (found.EndsMessage)
        {
            LeaveOwner();
            if (Input.Length > 0)
            {
                Loop.Driver.ConnectionEnding(Id); // Whatever follows a response is none.
            }
        }

        Deliver(found);
        return true;
    }

    private void Deliver(in Http1Event found)
    {
        switch (found.Kind)
        {
            case Http1EventKind.Informational:
                Loop.Driver.ResponseInformational(attempt, TakeMap());
                break;
            case Http1EventKind.Head:
                if (reader.ClosesConnection)
                {
                    Loop.Driver.GoAway(Id);
                }

                Loop.Driver.ResponseHeaders(attempt, TakeMap(), found.EndStream);
                break;
            case Http1EventKind.Trailers:
                Loop.Driver.ResponseTrailers(attempt, TakeMap());
                break;
            default:
                DeliverData(found.EndsMessage);
                break;
        }
    }

    private void DeliverData(bool endStream)
    {
        if (wantsContent)
        {
            Loop.Driver.ResponseContent(attempt, Loop.Chunk.Span, endStream);
        }
        else
        {
            Loop.Driver.ResponseData(attempt, Loop.Chunk.Length, endStream);
        }
    }

    /// <summary>The peer has closed, and all it had sent is handed on.</summary>
    private void OnEnd()
    {
        var end = reader.AtEndOfInput;
        if (end == Http1EndOfInput.EndsResponse)
        {
            LeaveOwner();
            Loop.Chunk = default;
            Loop.Driver.ConnectionEnding(Id);
            DeliverData(endStream: true);
        }

        if (!closed)
        {
            Broken(end == Http1EndOfInput.BreaksResponse ? ResetReason.ProtocolError : ResetReason.ConnectionTermination);
        }
    }

    private void Broken(ResetReason reason)
    {
        Close();
        Loop.Driver.ConnectionClosed(Id, reason);
    }

    private HeaderMap TakeMap()
    {
        var taken = map!;
        map = null;
        return taken;
    }

    private void LeaveOwner()
    {
        if (owner?.Source == this)
        {
            owner.Source = null;
        }

        owner = null;
    }

    private void Unblock()
    {
        var waiting = blocked;
        blocked = null;
        waiting?.Unblock();
    }

    private void UpdateInterest()
    {
        if (!closed && !connecting && !inputEnded)
        {
            var read = owner is { IsResponseHeldUp: true } ? 0u : Epoll.In | Epoll.ReadHangUp;
            Watch(read | (IsFull ? Epoll.Out : 0u));
        }
    }
}
