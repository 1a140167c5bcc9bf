using System.Net.Sockets;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Live;

/// <summary>One connection to a host that carries HTTP: requests written, responses taken apart.</summary>
internal sealed class UpstreamSocket : HostSocket
{
    private readonly Http1ResponseReader reader;
    private readonly Action parse;
    private HeaderMap? map;
    private LiveStream? owner;
    private LiveStream? blocked;
    private AttemptId attempt;
    private bool wantsContent;
    private bool inputEnded;
    private bool parsing;

    private UpstreamSocket(WorkerLoop loop, UpstreamConnectionId id, Socket socket, Http1Settings codec)
        : base(loop, id, socket)
    {
        reader = new Http1ResponseReader(codec);
        Messages = new Http1Writer(Output, codec);
        parse = Parse;
    }

    public Http1Writer Messages { get; }

    /// <summary>Begins to connect; the outcome comes as an input of the worker.</summary>
    public static UpstreamSocket? Connect(WorkerLoop loop, in Effect effect)
    {
        if (NewSocket(loop, effect) is not { } socket)
        {
            return null;
        }

        var upstream = new UpstreamSocket(loop, effect.Upstream, socket, effect.Cluster!.Http1);
        upstream.Connect(effect);
        return upstream;
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
        if (!IsClosed)
        {
            Loop.Later(parse);
        }
    }

    protected override void OnClosed()
    {
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
        if (IsClosed || IsConnecting)
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

    protected override void OnSecured(TlsTransport tls)
    {
        inputEnded = !tls.Decrypt(Input);
        Parse();
    }

    private void ReadRest()
    {
        while (!IsClosed && !inputEnded)
        {
            var before = Input.Length;
            inputEnded = !TryReceive() || Input.Length == before;
        }

        Unwatch();
        Parse();
    }

    protected override void OnReadable()
    {
        if (!TryReceive())
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
        while (!IsClosed && owner is not { IsResponseHeldUp: true } && Step()) { }

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

        if (!IsClosed)
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

    protected override void UpdateInterest()
    {
        if (!IsClosed && !IsConnecting && !inputEnded)
        {
            var read = owner is { IsResponseHeldUp: true } ? 0u : Epoll.In | Epoll.ReadHangUp;
            Watch(read | (IsFull ? Epoll.Out : 0u));
        }
    }
}
