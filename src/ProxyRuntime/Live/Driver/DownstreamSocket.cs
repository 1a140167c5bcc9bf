using System.Net.Sockets;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Live;

/// <summary>One accepted connection: what comes first is inspected, TLS is negotiated, then it carries <see cref="Http1Requests"/> or bytes for a <see cref="TcpRelay"/>.</summary>
internal sealed class DownstreamSocket : LoopSocket
{
    private readonly ListenerSnapshot listener;
    private Http1Requests? requests;
    private bool closing;
    private bool closed;
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
    }

    public ConnectionId Id { get; }

    /// <summary>Nothing more is to be done with it.</summary>
    public bool IsClosed => closed;

    /// <summary>It has a TCP proxy, which carries its bytes; null for HTTP.</summary>
    public TcpRelay? Relay { get; private set; }

    /// <summary>No handshake is under way.</summary>
    public bool IsReady => Tls is null || secured;

    /// <summary>What comes may be taken for requests.</summary>
    public bool TakesRequests => !closed && !closing && IsReady;

    private WorkerLoop Loop { get; }

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
            requests = new Http1Requests(Loop, this, Input, Output, chain.ConnectionManager!.RequestCodec);
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
            requests!.ParseLater();
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
            requests?.Stream?.Source?.ResumeReading();
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
        requests?.ReturnMap();
        Loop.OnDownstreamClosed(this);
    }

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

        if (closing || (requests?.Reads ?? Input.Length < HighWatermark))
        {
            events |= Epoll.In | Epoll.ReadHangUp;
        }

        Watch(events);
    }

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

        if (requests is null)
        {
            Inspect();
            return;
        }

        requests.Parse();
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
                requests?.Parse();
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
}
