using System.Net;
using System.Net.Sockets;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.Scenarios.Live;

/// <summary>A keep-alive connection of a client: one request at a time, each sent once and never again.</summary>
internal sealed class LoadConnection : HttpSocket
{
    private static readonly Http1Settings Codec = Http1Settings.Upstream;

    private readonly LoadClient client;
    private readonly Http1ResponseReader reader = new(Codec);
    private readonly Http1Writer writer;
    private readonly HeaderMap map = new();
    private bool connected;
    private bool due;
    private int status;

    private LoadConnection(TimedLoop loop, LoadClient client, Socket socket)
        : base(loop, socket)
    {
        this.client = client;
        writer = new Http1Writer(Output, Codec);
    }

    /// <summary>The request under way; null between requests.</summary>
    public LoadRequest? Request { get; private set; }

    /// <summary>Begins to connect; null if that fails at once.</summary>
    public static LoadConnection? Open(TimedLoop loop, LoadClient client, IPEndPoint address)
    {
        Socket? socket = null;
        try
        {
            socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { Blocking = false, NoDelay = true };
            socket.Connect(address);
        }
        catch (SocketException e) when (socket is not null && e.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
        {
            // The usual case: it becomes writable when the connection is there.
        }
        catch (SocketException)
        {
            socket?.Dispose();
            return null;
        }

        var connection = new LoadConnection(loop, client, socket!);
        connection.Register(isConnecting: true);
        return connection;
    }

    /// <summary>The connection belongs to that request from now on.</summary>
    public void Take(LoadRequest request)
    {
        Request = request;
        due = false;
        status = 0;
    }

    /// <summary>Its request is to go out, as soon as the connection is up.</summary>
    public void Send()
    {
        due = true;
        if (!connected || IsClosed)
        {
            return;
        }

        reader.Expect(Request!.Head);
        var hasBody = Request.ContentLength > 0;
        writer.WriteRequestHead(Request.Head, endStream: !hasBody);
        if (hasBody)
        {
            writer.WriteData(Request.Body(), endStream: true);
        }

        Flush();
    }

    protected override void OnConnected()
    {
        connected = true;
        base.OnConnected();
        if (due)
        {
            Send();
        }
    }

    protected override void OnReceived()
    {
        while (!IsClosed)
        {
            map.Reset();
            var found = reader.Next(Input.Span, map);
            Input.Consume(found.Consumed);
            switch (found.Kind)
            {
                case Http1EventKind.NeedMore:
                    return;
                case Http1EventKind.Error:
                    Close();
                    OnGone();
                    return;
                case Http1EventKind.Head:
                    status = map.StatusCode();
                    break;
                default:
                    break;
            }

            if (found.EndsMessage)
            {
                Finish(keep: !reader.ClosesConnection && Input.Length == 0);
            }
        }
    }

    protected override void OnGone()
    {
        if (Request is not null && reader.AtEndOfInput == Http1EndOfInput.EndsResponse && status != 0)
        {
            Finish(keep: false);
            return;
        }

        var broken = Request;
        Request = null;
        client.OnGone(this, broken);
    }

    private void Finish(bool keep)
    {
        var request = Request!;
        Request = null;
        if (!keep)
        {
            Close();
        }

        client.OnAnswer(this, request, status, keep);
    }
}
