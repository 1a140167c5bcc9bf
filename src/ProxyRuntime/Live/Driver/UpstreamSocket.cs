using System.Net;
using System.Net.Sockets;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Live;

/// <summary>One connection to a host: requests written, responses taken apart.</summary>
internal sealed class UpstreamSocket : ISocketHandler
{
    private readonly WorkerLoop loop;
    private readonly Socket socket;
    private readonly ByteQueue input = new();
    private readonly ResponseReader reader = new();
    private readonly SocketWriter writer;
    private HeaderMap? map;
    private LiveStream? stream;
    private AttemptId attempt;
    private bool connecting = true;
    private bool closed;
    private bool parsing;

    private UpstreamSocket(WorkerLoop loop, UpstreamConnectionId id, Socket socket)
    {
        this.loop = loop;
        this.socket = socket;
        Id = id;
        writer = new SocketWriter(socket);
        Messages = new MessageWriter(writer.Queue);
    }

    public UpstreamConnectionId Id { get; }

    public MessageWriter Messages { get; }

    public bool IsCongested => writer.Queue.Length > SocketWriter.HighWatermark;

    /// <summary>Begins to connect; the outcome comes as an input of the worker.</summary>
    public static UpstreamSocket Connect(WorkerLoop loop, UpstreamConnectionId id, NetworkAddress address)
    {
        var ip = IPAddress.Parse(address.Ip);
        var raw = new Socket(ip.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { Blocking = false, NoDelay = true };
        var upstream = new UpstreamSocket(loop, id, raw);
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
            var failure = FailureText(e.SocketErrorCode);
            loop.Later(() => upstream.FailConnect(failure));
            return upstream;
        }

        loop.Events.Register(raw, upstream, Epoll.Out);
        return upstream;
    }

    public void OnReady(bool readable, bool writable)
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
    public void Begin(AttemptId id, LiveStream owner)
    {
        attempt = id;
        stream = owner;
        owner.Attempt = this;
        reader.Expect(owner.IsHead);
    }

    public void Flush()
    {
        if (closed || connecting)
        {
            return;
        }

        var wasCongested = IsCongested;
        if (!writer.Flush())
        {
            // What the host still had to say can be read first.
            Read();
            if (!closed)
            {
                Broken(ResetReason.ConnectionTermination);
            }

            return;
        }

        if (wasCongested && !IsCongested && stream is { } waiting)
        {
            loop.Later(waiting.Connection.Parse);
        }

        UpdateInterest();
    }

    /// <summary>The client has taken what was sent; the response may go on.</summary>
    public void ResumeReading()
    {
        if (!closed)
        {
            UpdateInterest();
            loop.Later(Parse);
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
        loop.Events.Unregister(socket);
        socket.Dispose();
        loop.Upstreams.Remove(Id);
        if (stream?.Attempt == this)
        {
            stream.Attempt = null;
        }

        if (map is not null)
        {
            loop.Driver.Worker.ReturnHeaders(map);
            map = null;
        }
    }

    private void FinishConnect()
    {
        var error = (SocketError)(int)socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error)!;
        if (error != SocketError.Success)
        {
            FailConnect(FailureText(error));
            return;
        }

        connecting = false;
        UpdateInterest();
        loop.Driver.ConnectionResult(Id, ConnectOutcome.Connected, "");
    }

    private void FailConnect(string reason)
    {
        if (!closed)
        {
            Close();
            loop.Driver.ConnectionResult(Id, ConnectOutcome.RemoteFailure, reason);
        }
    }

    private void Read()
    {
        var received = socket.Receive(input.Free(16 * 1024), SocketFlags.None, out var error);
        if (error == SocketError.WouldBlock)
        {
            return;
        }

        if (error != SocketError.Success || received == 0)
        {
            OnEnd(clean: error == SocketError.Success);
            return;
        }

        input.Grow(received);
        Parse();
    }

    private void OnEnd(bool clean)
    {
        if (clean && reader.EndsWithConnection && stream is { } answered)
        {
            // The end of the connection is the end of the body.
            stream = null;
            answered.Attempt = null;
            loop.Chunk = default;
            loop.Driver.ResponseData(attempt, 0, endStream: true);
        }

        if (!closed)
        {
            Broken(ResetReason.ConnectionTermination);
        }
    }

    private void Broken(ResetReason reason)
    {
        Close();
        loop.Driver.ConnectionClosed(Id, reason);
    }

    private void Parse()
    {
        if (parsing)
        {
            return;
        }

        parsing = true;
        ParseAll();
        parsing = false;
    }

    private void ParseAll()
    {
        while (!closed && input.Length > 0)
        {
            if (stream is null)
            {
                // Bytes nobody asked for.
                Broken(ResetReason.ProtocolError);
                return;
            }

            if (stream.Connection.IsCongested)
            {
                UpdateInterest();
                return;
            }

            map ??= loop.Driver.Worker.RentHeaders();
            var found = reader.Next(input.Span, map);
            if (found.Kind == MessageEventKind.Error)
            {
                Broken(ResetReason.ProtocolError);
                return;
            }

            if (found.Kind == MessageEventKind.NeedMore)
            {
                input.Consume(found.Consumed);
                return;
            }

            Deliver(found);
        }
    }

    private void Deliver(MessageEvent found)
    {
        var owner = stream!;
        if (found.EndStream || found.Kind == MessageEventKind.End)
        {
            stream = null;
            owner.Attempt = null;
        }

        switch (found.Kind)
        {
            case MessageEventKind.Head:
                var head = map!;
                map = null;
                input.Consume(found.Consumed);
                if (reader.ClosesConnection)
                {
                    loop.Driver.GoAway(Id);
                }

                loop.Driver.ResponseHeaders(attempt, head, found.EndStream);
                break;
            case MessageEventKind.Data:
                loop.Chunk = input.Memory.Slice(found.Offset, found.Count);
                input.Consume(found.Consumed);
                loop.Driver.ResponseData(attempt, found.Count, found.EndStream);
                break;
            default:
                map!.Reset();
                input.Consume(found.Consumed);
                loop.Chunk = default;
                loop.Driver.ResponseData(attempt, 0, endStream: true);
                break;
        }
    }

    private void UpdateInterest()
    {
        if (!closed && !connecting)
        {
            var read = stream is null || !stream.Connection.IsCongested ? Epoll.In | Epoll.ReadHangUp : 0u;
            loop.Events.Watch(socket, read | (writer.Queue.Length > 0 ? Epoll.Out : 0u));
        }
    }

    private static string FailureText(SocketError error) =>
        "delayed connect error: "
        + error switch
        {
            SocketError.ConnectionRefused => "Connection refused",
            SocketError.HostUnreachable => "No route to host",
            SocketError.NetworkUnreachable => "Network is unreachable",
            SocketError.ConnectionReset => "Connection reset by peer",
            SocketError.TimedOut => "Connection timed out",
            _ => error.ToString(),
        };
}
