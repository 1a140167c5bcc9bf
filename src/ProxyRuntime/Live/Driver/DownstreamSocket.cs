using System.Net.Sockets;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Live;

/// <summary>One accepted connection: HTTP/1.1 requests one after another, answers written back; or bytes for a <see cref="TcpRelay"/>.</summary>
internal sealed class DownstreamSocket : LoopSocket
{
    private readonly ListenerSnapshot listener;
    private readonly Action parse;
    private Http1RequestReader? reader;
    private Http1Writer? messages;
    private int nextStream;
    private HeaderMap? map;
    private LiveStream? spare;
    private bool closing;
    private bool closed;
    private bool parsing;
    private long closeDelayNs;
    private int closeTimers;
    private bool secured;
    private bool inputEnded;

    public DownstreamSocket(WorkerLoop loop, Socket socket, ConnectionId id, ListenerSnapshot listener)
        : base(loop, socket)
    {
        Loop = loop;
        Id = id;
        this.listener = listener;
        parse = Parse;
    }

    public ConnectionId Id { get; }

    /// <summary>Nothing more is to be done with it.</summary>
    public bool IsClosed => closed;

    /// <summary>It has a TCP proxy, which carries its bytes; null for HTTP.</summary>
    public TcpRelay? Relay { get; private set; }

    /// <summary>No handshake is under way.</summary>
    public bool IsReady => Tls is null || secured;

    /// <summary>There once the connection has a filter chain with a connection manager.</summary>
    public Http1Writer Messages => messages!;

    private WorkerLoop Loop { get; }

    /// <summary>The request under way; null between requests.</summary>
    public LiveStream? Stream { get; private set; }

    /// <summary>Tells the worker of the connection, at once or when its first bytes were looked at.</summary>
    public void Start()
    {
        Watch(Epoll.In | Epoll.ReadHangUp);
        if (listener.TlsInspector is null)
        {
            GoOn(Info());
        }
        else
        {
            Loop.Driver.DownstreamAccepted(Id, listener.Name);
        }
    }

    /// <summary>The connection has a filter chain: what has come is read as that says.</summary>
    public void Use(FilterChainSnapshot chain)
    {
        if (chain.TcpProxy is { } proxy)
        {
            Relay = new TcpRelay(Loop, this, proxy.BufferLimitBytes);
        }
        else
        {
            var codec = chain.ConnectionManager!.RequestCodec;
            reader = new Http1RequestReader(codec);
            messages = new Http1Writer(Output, codec);
        }

        if (chain.Tls is { } tls)
        {
            Secure(new TlsServer(tls));
            Loop.Later(BeginHandshake);
        }
        else if (Relay is not null)
        {
            UpdateInterest();
        }
        else
        {
            ParseLater();
        }
    }

    /// <summary>It broke.</summary>
    public void Broken() => Closed();

    public void WatchAgain() => UpdateInterest();

    /// <summary>What it has to tell is not to be heard now.</summary>
    public void Ignore() => Park();

    /// <summary>The first bytes were waited for long enough.</summary>
    public void EndInspection() => Loop.Later(() => GoOn(Info()));

    public override void OnReady(bool readable, bool writable)
    {
        if (writable)
        {
            Flush();
        }

        if (readable && !closed)
        {
            Read();
        }
    }

    /// <summary>Goes on with what has been received, once no effects are being carried out.</summary>
    public void ParseLater() => Loop.Later(parse);

    /// <summary>The worker is done with the request; the next one may begin.</summary>
    public void OnStreamOver()
    {
        spare = Stream is { IsForgotten: true } ? Stream : null;
        Stream = null;
        ParseLater();
    }

    /// <summary>Sends what waits, then closes. With a delay it waits so long, from the last byte that went, for the peer to close first; it sends no FIN before.</summary>
    public void Close(long delayNs)
    {
        if (delayNs == Effect.AtOnce)
        {
            Closed();
            return;
        }

        if (closed || closing)
        {
            return;
        }

        closing = true;
        closeDelayNs = delayNs;
        StartCloseTimer();
        Touch();
    }

    protected override void Flush()
    {
        if (closed)
        {
            return;
        }

        var wasCongested = IsCongested;
        var waiting = Unsent;
        if (!TrySend())
        {
            Closed();
            return;
        }

        if (wasCongested && !IsCongested)
        {
            Stream?.Source?.ResumeReading();
        }

        if (closing && Unsent < waiting)
        {
            StartCloseTimer();
        }

        Relay?.OnSent(TcpSide.Downstream, waiting - Unsent);

        if (closing && !HasOutput && closeDelayNs == 0)
        {
            Closed();
        }

        UpdateInterest();
    }

    /// <summary>Only the timer started last counts.</summary>
    private void StartCloseTimer()
    {
        if (closeDelayNs > 0)
        {
            var number = ++closeTimers;
            Loop.After(
                closeDelayNs,
                () =>
                {
                    if (number == closeTimers)
                    {
                        Closed();
                    }
                }
            );
        }
    }

    /// <summary>The connection ends now; the worker is told.</summary>
    private void Closed()
    {
        if (closed)
        {
            return;
        }

        closed = true;
        Unwatch();
        CloseSocket();
        ReturnMap();
        Loop.OnDownstreamClosed(this);
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

    /// <summary>While a request is under way and nothing more is taken, one more read still tells whether the client is there.</summary>
    private void UpdateInterest()
    {
        if (closed)
        {
            return;
        }

        var events = IsFull ? Epoll.Out : 0u;
        if (Relay is { } relay)
        {
            var wanted = !IsReady || relay.Reads(TcpSide.Downstream) || (closing && !inputEnded);
            Watch(events | (wanted ? Epoll.In | Epoll.ReadHangUp : 0u));
            return;
        }

        if (closing || (CanTakeMore && Input.Length < HighWatermark) || (Stream is not null && Input.Length == 0))
        {
            events |= Epoll.In | Epoll.ReadHangUp;
        }

        Watch(events);
    }

    private bool CanTakeMore => Stream is null || (!Stream.RequestEnded && !Stream.IsRequestHeldUp);

    private void Read()
    {
        if (Relay is { } relay && IsReady)
        {
            ReadTcp(relay);
            return;
        }

        var goesOn = TryReceive();
        if (Tls is { } tls && !secured)
        {
            Handshake(tls, goesOn);
            return;
        }

        if (!goesOn)
        {
            // As in Envoy, a client that closes its side is gone, whatever it was waiting for.
            Closed();
            return;
        }

        if (closing)
        {
            Input.Clear(); // Nobody reads it any more.
            Input.Release();
            return;
        }

        if (messages is null && Relay is null)
        {
            Inspect();
            return;
        }

        Parse();
    }

    private void ReadTcp(TcpRelay relay)
    {
        if (!closing)
        {
            relay.OnReadable(TcpSide.Downstream);
            return;
        }

        if (inputEnded)
        {
            Park();
            return;
        }

        inputEnded = !TryReceive();
        Input.Clear(); // Nobody reads it any more.
        Input.Release();
        if (WasReset)
        {
            Closed();
        }
        else
        {
            UpdateInterest();
        }
    }

    /// <summary>Looks whether what came first is TLS, as the listener's inspector does.</summary>
    private void Inspect()
    {
        if (listener.TlsInspector!.Inspect(Input.Span, Info(), out var state) is { } found)
        {
            GoOn(found);
        }
        else if (state != ClientHelloState.NeedMore)
        {
            Loop.Driver.InspectionFailed(Id, state);
        }
    }

    private void GoOn(ConnectionInfo info)
    {
        if (!closed && !closing)
        {
            Loop.Driver.DownstreamConnection(Id, info);
        }
    }

    private ConnectionInfo Info() => new(listener.Name, SocketAddresses.Of(Socket.RemoteEndPoint), SocketAddresses.Of(Socket.LocalEndPoint));

    private void BeginHandshake()
    {
        if (!closed && Tls is { } tls)
        {
            tls.Begin(Input.Span);
            Input.Clear();
            Input.Release();
            Handshake(tls, goesOn: true);
        }
    }

    /// <summary>Once it is over the worker is told, and what came behind it is read.</summary>
    private void Handshake(TlsTransport tls, bool goesOn)
    {
        Touch();
        if (tls.Handshake is { } ended)
        {
            secured = true;
            Loop.Driver.DownstreamHandshake(Id, ended);
            if (!closed && !closing && tls.IsOpen && Relay is { } relay)
            {
                UpdateInterest();
                relay.OnDownstreamReady();
                goesOn = true; // Whatever else has come is for the relay to find.
            }
            else if (!closed && !closing && tls.IsOpen)
            {
                goesOn = tls.Decrypt(Input);
                Parse();
            }
            else
            {
                goesOn = true; // The worker has it closed.
            }
        }

        if (!goesOn)
        {
            Closed();
        }
    }

    /// <summary>Hands on what has been received, one finding at a time, until a request is under way or bytes run out.</summary>
    private void Parse()
    {
        if (parsing || messages is null || (Tls is not null && !secured))
        {
            return;
        }

        parsing = true;
        while (!closed && !closing && CanTakeMore && Step()) { }

        parsing = false;
        Input.Release();
        UpdateInterest();
    }

    private bool Step()
    {
        map ??= Loop.Driver.Worker.RentHeaders();
        var found = reader!.Next(Input.Span, map);
        Loop.Chunk = found.Count == 0 ? default : Input.Memory.Slice(found.Offset, found.Count);
        Input.Consume(found.Consumed);
        switch (found.Kind)
        {
            case Http1EventKind.NeedMore:
                ReturnMap();
                return false;
            case Http1EventKind.Begin:
                Loop.Driver.RequestBegin(Begin().Id);
                return true;
            case Http1EventKind.Error:
                Loop.Driver.RequestRefused((Stream ?? Begin()).Id, reader!.Error);
                return false;
            case Http1EventKind.Head:
                OnHead(found.EndStream);
                return true;
            default:
                OnBody(found);
                return true;
        }
    }

    private LiveStream Begin()
    {
        Stream = spare ?? new LiveStream(this);
        spare = null;
        Stream.Begin(new StreamId(Id, nextStream++));
        Loop.Streams[Stream.Id] = Stream;
        return Stream;
    }

    private void OnHead(bool endStream)
    {
        var head = map!;
        map = null;
        var stream = Stream ?? Begin();
        stream.Kind = HttpRequestKinds.Of(head);
        stream.RequestEnded = endStream;
        if (reader!.IsHttp10 != Messages.IsHttp10)
        {
            Messages.IsHttp10 = reader.IsHttp10;
            Loop.Driver.ConnectionProtocol(Id, reader.IsHttp10 ? HttpProtocol.Http10 : HttpProtocol.Http11);
        }

        Loop.Driver.RequestHeaders(stream.Id, head, endStream);
    }

    private void OnBody(in Http1Event found)
    {
        if (Stream is not { } stream)
        {
            return; // It was answered before its end; the connection is about to close.
        }

        stream.RequestEnded = found.EndsMessage;
        Loop.Current = stream;
        if (found.Kind == Http1EventKind.Trailers)
        {
            var trailers = map!;
            map = null;
            Loop.Driver.RequestTrailers(stream.Id, trailers);
        }
        else
        {
            Loop.Driver.RequestData(stream.Id, found.Count, found.EndsMessage);
        }

        Loop.Current = null;
    }
}
