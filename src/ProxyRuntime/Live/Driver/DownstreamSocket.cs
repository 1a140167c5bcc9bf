using System.Net.Sockets;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Live;

/// <summary>One accepted connection: HTTP/1.1 requests one after another, answers written back.</summary>
internal sealed class DownstreamSocket : ISocketHandler
{
    private readonly WorkerLoop loop;
    private readonly Socket socket;
    private readonly ByteQueue input = new();
    private readonly RequestReader reader;
    private readonly SocketWriter writer;
    private int nextStream;
    private HeaderMap? map;
    private bool closing;
    private bool closed;
    private bool parsing;
    private long closeDelayNs;

    public DownstreamSocket(WorkerLoop loop, Socket socket, ConnectionId id, HttpConnectionManagerSnapshot? manager)
    {
        this.loop = loop;
        this.socket = socket;
        Id = id;
        reader = new RequestReader(
            (manager?.MaxRequestHeadersKb ?? HttpConnectionManagerSnapshot.DefaultMaxRequestHeadersKb) * 1024,
            manager?.MaxHeadersCount ?? HttpConnectionManagerSnapshot.DefaultMaxHeadersCount
        );
        writer = new SocketWriter(socket);
        Messages = new MessageWriter(writer.Queue);
    }

    public ConnectionId Id { get; }

    public MessageWriter Messages { get; }

    /// <summary>The request under way; null between requests.</summary>
    public LiveStream? Stream { get; private set; }

    /// <summary>More is waiting to be sent than should.</summary>
    public bool IsCongested => writer.Queue.Length > SocketWriter.HighWatermark;

    public void Start() => loop.Events.Register(socket, this, Epoll.In | Epoll.ReadHangUp);

    public void OnReady(bool readable, bool writable)
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

    /// <summary>Hands on what has been received, one finding at a time, until a request is under way or bytes run out.</summary>
    public void Parse()
    {
        if (parsing)
        {
            return;
        }

        parsing = true;
        while (!closed && !closing && CanTakeMore() && Step()) { }

        parsing = false;
        if (!closed)
        {
            UpdateInterest();
        }
    }

    /// <summary>The worker is done with the request; the next one may begin.</summary>
    public void OnStreamOver()
    {
        Stream = null;
        loop.Later(Parse);
    }

    public void Flush()
    {
        if (closed)
        {
            return;
        }

        var wasCongested = IsCongested;
        if (!writer.Flush())
        {
            Closed();
            return;
        }

        if (wasCongested && !IsCongested)
        {
            Stream?.Attempt?.ResumeReading();
        }

        UpdateInterest();
        if (closing && writer.Queue.Length == 0)
        {
            socket.Shutdown(SocketShutdown.Send);
            if (closeDelayNs == 0)
            {
                Closed();
            }
        }
    }

    /// <summary>Sends what waits, then closes; with a delay, only when the peer has closed or the delay is over.</summary>
    public void Close(long delayNs)
    {
        if (closed || closing)
        {
            return;
        }

        closing = true;
        closeDelayNs = delayNs;
        if (delayNs > 0)
        {
            loop.After(delayNs, Closed);
        }

        Flush();
    }

    /// <summary>The connection ends now; the worker is told.</summary>
    public void Closed()
    {
        if (closed)
        {
            return;
        }

        closed = true;
        loop.Events.Unregister(socket);
        socket.Dispose();
        if (map is not null)
        {
            loop.Driver.Worker.ReturnHeaders(map);
            map = null;
        }

        loop.OnDownstreamClosed(this);
    }

    public void UpdateInterest()
    {
        if (closed)
        {
            return;
        }

        var events = writer.Queue.Length > 0 ? Epoll.Out : 0u;
        if (closing || (CanTakeMore() && input.Length < SocketWriter.HighWatermark) || (Stream is not null && input.Length == 0))
        {
            events |= Epoll.In | Epoll.ReadHangUp;
        }

        loop.Events.Watch(socket, events);
    }

    private bool CanTakeMore() => Stream is null || (!Stream.RequestEnded && !Stream.IsCongested);

    private void Read()
    {
        var received = socket.Receive(input.Free(16 * 1024), SocketFlags.None, out var error);
        if (error == SocketError.WouldBlock)
        {
            return;
        }

        if (error != SocketError.Success)
        {
            Closed();
            return;
        }

        if (received == 0)
        {
            // As in Envoy, a client that closes its side is gone, whatever it was waiting for.
            Closed();
            return;
        }

        input.Grow(received);
        if (closing)
        {
            input.Clear(); // Nobody reads it any more.
            return;
        }

        Parse();
    }

    private bool Step()
    {
        map ??= loop.Driver.Worker.RentHeaders();
        var found = reader.Next(input.Span, map);
        switch (found.Kind)
        {
            case MessageEventKind.Head:
                OnHead(found);
                return true;
            case MessageEventKind.Data:
                // Consumed bytes stay where they are until the next read.
                Stream!.RequestEnded = found.EndStream;
                loop.Chunk = input.Memory.Slice(found.Offset, found.Count);
                input.Consume(found.Consumed);
                loop.Driver.RequestData(Stream.Id, found.Count, found.EndStream);
                return true;
            case MessageEventKind.End:
                Stream!.RequestEnded = true;
                map.Reset();
                input.Consume(found.Consumed);
                loop.Chunk = default;
                loop.Driver.RequestData(Stream.Id, 0, endStream: true);
                return true;
            case MessageEventKind.Error:
                loop.Driver.RequestRefused(Stream?.Id ?? new StreamId(Id, nextStream++), reader.Error);
                return false;
            default:
                input.Consume(found.Consumed);
                return false;
        }
    }

    private void OnHead(MessageEvent found)
    {
        var head = map!;
        map = null;
        input.Consume(found.Consumed);
        Stream = new LiveStream(this, new StreamId(Id, nextStream++), head.Get(HeaderName.Method).SequenceEqual("HEAD"u8)) { RequestEnded = found.EndStream };
        loop.Streams[Stream.Id] = Stream;
        AnswerExpectation(head);
        loop.Driver.RequestHeaders(Stream.Id, head, found.EndStream);
    }

    /// <summary>A client that waits for leave to send its body gets it at once, as Envoy gives it.</summary>
    private void AnswerExpectation(HeaderMap head)
    {
        if (head.TryGet(HeaderName.Expect, out var expectation) && System.Text.Ascii.EqualsIgnoreCase(expectation, "100-continue"u8))
        {
            _ = head.Remove(HeaderName.Expect);
            writer.Queue.Append("HTTP/1.1 100 Continue\r\n\r\n"u8);
            Flush();
        }
    }
}
