namespace MeshSim.ProxyRuntime.Core;

/// <summary>
/// A request as the router sees it: one that came from downstream (<see cref="ActiveStream"/>) or one that the proxy makes itself
/// (<see cref="AsyncStream"/>). Envoy's decoder filter callbacks.
/// </summary>
internal abstract class RequestStream(WorkerContext context)
{
    protected WorkerContext Context => context;

    public StreamInfo Info { get; } = new(context);

    public StreamId Id => Info.Stream;

    public HeaderMap RequestHeaders => Info.RequestHeaders;

    public HeaderMap? RequestTrailers { get; protected set; }

    public bool RequestComplete { get; protected set; }

    /// <summary>Headers of a response have gone on, interim ones included.</summary>
    public bool ResponseStarted { get; protected set; }

    /// <summary>The table, virtual host, route and cluster this request goes by.</summary>
    public RouteSelection Selection { get; protected set; }

    /// <summary>One random number for every decision about this request that must agree with the others.</summary>
    public ulong Random { get; protected set; }

    /// <summary>The host that a filter wants for it.</summary>
    public OverrideHost OverrideHost { get; } = new();

    /// <summary>True while body bytes that have just come are handed on; false for bytes that are kept already.</summary>
    public bool ChunkIsLive { get; protected set; }

    /// <summary>Request body bytes the driver keeps for attempts to come.</summary>
    public long BodyKept { get; private set; }

    /// <summary>The body of a request of the proxy's own, if it is not the client's; empty for none.</summary>
    public virtual ReadOnlyMemory<byte> OwnBody => default;

    /// <summary>The content of the response matters, not only its length.</summary>
    public virtual bool WantsContent => false;

    /// <summary>The time all attempts together may take in nanoseconds, 0 = no limit.</summary>
    public abstract long TimeoutNs { get; }

    /// <summary>Up to how many bytes of the body are kept for retries.</summary>
    public abstract long BufferLimit { get; }

    public abstract void SendLocalReply(in LocalReply reply, IResponseModifier? modifier = null);

    public abstract void EncodeInformational(HeaderMap head);

    public abstract void EncodeHeaders(HeaderMap head, bool endStream);

    public abstract void EncodeData(AttemptId attempt, long bytes, bool endStream);

    public abstract void EncodeTrailers(HeaderMap trailers);

    /// <summary>The response cannot be finished: what was sent stays sent, the stream breaks off.</summary>
    public abstract void Abort();

    /// <summary>Begins the request anew with changed headers; false if it cannot be.</summary>
    public abstract bool TryRecreate(HeaderMap response);

    /// <summary>Looks the route up again for the headers as they are now.</summary>
    public abstract void RefreshRoute();

    /// <summary>Called once, when the input in which the stream ended is done.</summary>
    public abstract void Conclude();

    /// <summary>Called when the effects of the end are carried out: maps and the stream itself are free.</summary>
    public abstract void Reclaim();

    /// <summary>The driver is to keep the bytes that have just come.</summary>
    /// <param name="awaitsConnection">An attempt takes them as soon as it has a connection; until then no more are needed.</param>
    public void KeepBody(long bytes, bool awaitsConnection = false)
    {
        if (bytes > 0)
        {
            BodyKept += bytes;
            ref var effect = ref context.Effects.Add(EffectKind.BufferBody);
            effect.AwaitsConnection = awaitsConnection;
            effect.Stream = Id;
            effect.Bytes = bytes;
        }
    }

    /// <summary>Takes a copy of bytes that the driver keeps for another stream, from the first on.</summary>
    public void CopyBody(RequestStream source, long bytes)
    {
        if (bytes > 0)
        {
            BodyKept += bytes;
            ref var effect = ref context.Effects.Add(EffectKind.CopyBody);
            effect.Stream = Id;
            effect.Source = source.Id;
            effect.Bytes = bytes;
        }
    }

    /// <summary>No attempt will need the kept bytes again.</summary>
    public void ReleaseBody()
    {
        if (BodyKept > 0)
        {
            BodyKept = 0;
            context.Effects.Add(EffectKind.ReleaseBody).Stream = Id;
        }
    }

    protected void ForgetBody() => BodyKept = 0;

    /// <summary>The body kept for a stream of the same id is this one's from now on.</summary>
    protected void TakeBody(RequestStream former)
    {
        BodyKept = former.BodyKept;
        former.BodyKept = 0;
    }
}

/// <summary>Changes the headers of a local reply before they pass the filters.</summary>
internal interface IResponseModifier
{
    void ModifyLocalReply(HeaderMap response);
}
