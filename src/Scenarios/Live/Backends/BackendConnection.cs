using System.Net.Sockets;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.Scenarios.Live;

/// <summary>A connection that a backend has accepted: requests taken apart one by one, answers written.</summary>
internal sealed class BackendConnection : HttpSocket
{
    private static readonly Http1Settings Codec = new();

    private readonly ServiceBackend backend;
    private readonly Http1RequestReader reader = new(Codec);
    private readonly Http1Writer writer;
    private readonly HeaderMap map = new();
    private HttpRequestKind kind;
    private bool answering;
    private bool requestEnded = true;

    public BackendConnection(TimedLoop loop, ServiceBackend backend, Socket socket)
        : base(loop, socket)
    {
        this.backend = backend;
        writer = new Http1Writer(Output, Codec);
        Register(isConnecting: false);
    }

    /// <summary>Requests that came on it.</summary>
    public int Requests { get; private set; }

    /// <summary>It was reset by its service.</summary>
    public bool IsReset { get; private set; }

    /// <summary>Closes it so that the peer sees a reset.</summary>
    public void Reset()
    {
        IsReset = true;
        Close(reset: true);
    }

    /// <summary>Answers the request under way.</summary>
    public void Answer(HeaderMap head, ReadOnlySpan<byte> body)
    {
        writer.WriteResponseHead(head, endStream: body.IsEmpty, kind);
        if (kind != HttpRequestKind.Head)
        {
            writer.WriteData(body, endStream: true);
        }

        answering = false;
        Flush();
        OnReceived();
    }

    protected override void OnGone() => backend.OnGone(this);

    /// <summary>A request is handed over when its head is there; its body is read and dropped. The next one waits for the answer.</summary>
    protected override void OnReceived()
    {
        while (!IsClosed && !(answering && requestEnded))
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
                    backend.OnGone(this);
                    return;
                case Http1EventKind.Head:
                    kind = HttpRequestKinds.Of(map);
                    answering = true;
                    requestEnded = found.EndStream;
                    Requests++;
                    backend.OnRequest(this, map);
                    break;
                default:
                    requestEnded |= found.EndsMessage;
                    break;
            }
        }
    }
}
