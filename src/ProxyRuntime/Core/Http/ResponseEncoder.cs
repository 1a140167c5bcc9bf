namespace MeshSim.ProxyRuntime.Core;

/// <summary>The answer to one downstream request on its way out: through the filters, counted, handed to the driver. Reused with its stream.</summary>
internal sealed class ResponseEncoder(WorkerContext context, ActiveStream stream, FilterChain filters, StreamTimers timers)
{
    private bool closeConnection;
    private bool closeAgreed;
    private bool headersSent;

    /// <summary>The connection closes behind the answer.</summary>
    public bool ClosesConnection => closeConnection;

    /// <summary>Both sides expect it to close.</summary>
    public bool CloseAgreed => closeAgreed;

    /// <summary>Body bytes the driver keeps until a filter sends them on.</summary>
    public long Kept { get; private set; }

    /// <summary>To a client of HTTP/1.0, without a length: its end is the connection's.</summary>
    public bool EndsWithConnection { get; private set; }

    private StreamInfo Info => stream.Info;

    private ConnectionManager Manager => stream.Manager;

    public void Begin()
    {
        closeConnection = closeAgreed = headersSent = EndsWithConnection = false;
        Kept = 0;
    }

    public void BeginRecreated(ResponseEncoder former) => (closeConnection, closeAgreed) = (former.closeConnection, former.closeAgreed);

    /// <summary>The connection is to close behind the answer.</summary>
    /// <param name="agreed">The client expects it.</param>
    public void CloseAfter(bool agreed)
    {
        closeConnection = true;
        closeAgreed |= agreed;
    }

    public void Informational(HeaderMap head)
    {
        Info.DownstreamBytes.ResponseSent(head, endStream: false, HttpRequestKind.Plain);
        Charge(head.StatusCode());
        ref var effect = ref context.Effects.Add(EffectKind.ForwardInformational);
        effect.Stream = stream.Id;
        effect.Head = head;
        context.ReturnAfterEffects(head);
    }

    public void Headers(HeaderMap head, bool endStream)
    {
        Start(head, endStream);
        ref var effect = ref context.Effects.Add(EffectKind.ForwardHeaders);
        effect.Stream = stream.Id;
        effect.Head = head;
        effect.EndStream = endStream;
        EndAt(endStream);
    }

    public void Data(AttemptId attempt, long bytes, bool endStream)
    {
        if (filters.EncodeData(bytes, endStream) == FilterStatus.StopIteration)
        {
            Kept += bytes;
            ref var keep = ref context.Effects.Add(EffectKind.KeepResponse);
            keep.Stream = stream.Id;
            keep.Attempt = attempt;
            keep.Bytes = bytes;
            return;
        }

        Sent(bytes, endStream);
        ref var effect = ref context.Effects.Add(EffectKind.ForwardData);
        effect.Stream = stream.Id;
        effect.Attempt = attempt;
        effect.Bytes = bytes;
        effect.EndStream = endStream;
        EndAt(endStream);
    }

    /// <summary>Sends body bytes that a filter had kept back, the oldest first.</summary>
    public void KeptData(long bytes, bool endStream)
    {
        timers.OnActivity();
        Kept -= bytes;
        Sent(bytes, endStream);
        ref var effect = ref context.Effects.Add(EffectKind.ForwardKept);
        effect.Stream = stream.Id;
        effect.Bytes = bytes;
        effect.EndStream = endStream;
        EndAt(endStream);
    }

    public void Trailers(HeaderMap trailers)
    {
        Info.DownstreamBytes.TrailersSent(trailers, Manager.Snapshot.Http1.EnableTrailers);
        Info.DownstreamLastByteSent = context.Now;
        ref var effect = ref context.Effects.Add(EffectKind.ForwardTrailers);
        effect.Stream = stream.Id;
        effect.Head = trailers;
        effect.EndStream = true;
        EndAt(endStream: true);
    }

    /// <summary>Answers with a reply of the proxy's own; if an answer has begun, the stream is broken off instead.</summary>
    public void LocalReply(in LocalReply reply, IResponseModifier? modifier)
    {
        if (reply.Flag != ResponseFlag.None)
        {
            Info.SetFlag(reply.Flag);
        }

        Info.ResponseCodeDetails = reply.Details;
        if (headersSent)
        {
            stream.Abort();
            return;
        }

        if (reply.Status == 400 && !Manager.Snapshot.StreamErrorOnInvalidMessage)
        {
            CloseAfter(agreed: true);
        }

        context.Observer?.OnLocalReply(stream, reply);
        var head = context.Headers.Rent();
        var body = LocalReplyWriter.Write(head, stream, reply, modifier, context);
        Start(head, endStream: body.IsEmpty);
        if (!body.IsEmpty)
        {
            Sent(body.Length, endStream: true);
        }

        ref var effect = ref context.Effects.Add(EffectKind.LocalReply);
        effect.Stream = stream.Id;
        effect.Head = head;
        effect.Body = body;
        effect.EndStream = true;
        EndAt(endStream: true);
    }

    private void Start(HeaderMap head, bool endStream)
    {
        Info.ResponseHeaders = head;
        context.Observer?.OnResponse(head);
        filters.EncodeHeaders(head, endStream);
        timers.OnActivity();
        headersSent = true;
        stream.OnResponseStarted();
        Info.DownstreamFirstByteSent = context.Now;
        if (!stream.RequestComplete)
        {
            Manager.Stats.DownstreamRqResponseBeforeRqComplete.Increment();
            closeConnection = true;
        }

        EndsWithConnection = Info.Connection.Protocol == HttpProtocol.Http10 && !head.Contains(HeaderName.ContentLength);
        closeConnection |= EndsWithConnection;
        stream.Connection.OnResponse(ref closeConnection, ref closeAgreed);
        ResponseHeaderMutation.Apply(head, stream, context.Date.At(context.Now), closeConnection);
        var toHttp10 = Info.Connection.Protocol == HttpProtocol.Http10;
        Info.DownstreamBytes.ResponseSent(head, endStream, HttpRequestKinds.Of(stream.RequestHeaders), toHttp10);
        if (endStream)
        {
            Info.DownstreamLastByteSent = context.Now;
        }

        Charge(head.StatusCode());
    }

    private void Sent(long bytes, bool endStream)
    {
        Info.BytesSent += bytes;
        Info.DownstreamBytes.DataSent(bytes, endStream);
        if (endStream)
        {
            Info.DownstreamLastByteSent = context.Now;
        }
    }

    /// <summary>Counts headers that go out, interim ones too.</summary>
    private void Charge(int code)
    {
        Info.ResponseCode = code;
        TraceSampler.Charge(Info, Manager);
        if (!Info.IsHealthCheck)
        {
            Manager.Stats.Responded(code);
        }
    }

    private void EndAt(bool endStream)
    {
        if (endStream)
        {
            stream.End();
        }
    }
}
