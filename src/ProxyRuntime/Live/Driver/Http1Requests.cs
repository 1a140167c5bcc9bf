using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Live;

/// <summary>What a client's connection of HTTP/1.1 carries: requests one after another, and their answers.</summary>
internal sealed class Http1Requests
{
    private readonly WorkerLoop loop;
    private readonly ByteQueue input;
    private readonly Http1RequestReader reader;
    private readonly Action parse;
    private int nextStream;
    private HeaderMap? map;
    private LiveStream? spare;
    private bool parsing;

    /// <param name="input">What has come.</param>
    /// <param name="output">What is to go.</param>
    public Http1Requests(WorkerLoop loop, DownstreamSocket connection, ByteQueue input, ByteQueue output, Http1Settings codec)
    {
        this.loop = loop;
        this.input = input;
        Connection = connection;
        reader = new Http1RequestReader(codec);
        Messages = new Http1Writer(output, codec);
        parse = Parse;
    }

    public DownstreamSocket Connection { get; }

    public Http1Writer Messages { get; }

    /// <summary>The request under way; null between requests.</summary>
    public LiveStream? Stream { get; private set; }

    /// <summary>More is to be received. While a request is under way and nothing more is taken, one more read still tells whether the client is there.</summary>
    public bool Reads => (CanTakeMore && input.Length < LoopSocket.HighWatermark) || (Stream is not null && input.Length == 0);

    private bool CanTakeMore => Stream is null || (!Stream.RequestEnded && !Stream.IsRequestHeldUp);

    /// <summary>Hands on what has been received, one finding at a time, until a request is under way or bytes run out.</summary>
    public void Parse()
    {
        if (parsing || !Connection.IsReady)
        {
            return;
        }

        parsing = true;
        while (Connection.TakesRequests && CanTakeMore && Step()) { }

        parsing = false;
        input.Release();
        Connection.WatchAgain();
    }

    /// <summary>Goes on with what has been received, once no effects are being carried out.</summary>
    public void ParseLater() => loop.Later(parse);

    /// <summary>The worker is done with the request; the next one may begin.</summary>
    public void OnStreamOver()
    {
        spare = Stream is { IsForgotten: true } ? Stream : null;
        Stream = null;
        ParseLater();
    }

    /// <summary>A connection that waits holds none.</summary>
    public void ReturnMap()
    {
        if (map is not null)
        {
            loop.Driver.Worker.ReturnHeaders(map);
            map = null;
        }
    }

    private bool Step()
    {
        map ??= loop.Driver.Worker.RentHeaders();
        var found = reader.Next(input.Span, map);
        loop.Chunk = found.Count == 0 ? default : input.Memory.Slice(found.Offset, found.Count);
        input.Consume(found.Consumed);
        switch (found.Kind)
        {
            case Http1EventKind.NeedMore:
                ReturnMap();
                return false;
            case Http1EventKind.Begin:
                loop.Driver.RequestBegin(Begin().Id);
                return true;
            case Http1EventKind.Error:
                loop.Driver.RequestRefused((Stream ?? Begin()).Id, reader.Error);
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
        Stream.Begin(new StreamId(Connection.Id, nextStream++));
        loop.Streams[Stream.Id] = Stream;
        return Stream;
    }

    private void OnHead(bool endStream)
    {
        var head = map!;
        map = null;
        var stream = Stream ?? Begin();
        stream.Kind = HttpRequestKinds.Of(head);
        stream.RequestEnded = endStream;
        if (reader.IsHttp10 != Messages.IsHttp10)
        {
            Messages.IsHttp10 = reader.IsHttp10;
            loop.Driver.ConnectionProtocol(Connection.Id, reader.IsHttp10 ? HttpProtocol.Http10 : HttpProtocol.Http11);
        }

        loop.Driver.RequestHeaders(stream.Id, head, endStream);
    }

    private void OnBody(in Http1Event found)
    {
        if (Stream is not { } stream)
        {
            return; // It was answered before its end; the connection is about to close.
        }

        stream.RequestEnded = found.EndsMessage;
        loop.Current = stream;
        if (found.Kind == Http1EventKind.Trailers)
        {
            var trailers = map!;
            map = null;
            loop.Driver.RequestTrailers(stream.Id, trailers);
        }
        else
        {
            loop.Driver.RequestData(stream.Id, found.Count, found.EndsMessage);
        }

        loop.Current = null;
    }
}
