namespace MeshSim.ProxyRuntime.Core;

/// <summary>What the chain does after a filter has seen something.</summary>
internal enum FilterStatus : byte
{
    /// <summary>The next filter sees it.</summary>
    Continue,

    /// <summary>
    /// The chain waits here until the filter calls <see cref="ActiveStream.ContinueDecoding"/> or answers itself. Body bytes that come
    /// meanwhile are kept and shown to this filter; it lets everything go on by returning <see cref="Continue"/> for them.
    /// </summary>
    StopIteration,
}

/// <summary>One HTTP filter of one stream. Requests pass filters in list order, responses in reverse order. Instances are reused.</summary>
internal abstract class HttpFilter
{
    /// <summary>HttpFilter.name: the key of per-route settings.</summary>
    public string Name { get; set; } = "";

    /// <summary>A new stream begins; what the former one left is forgotten.</summary>
    public abstract void Begin(ActiveStream stream);

    public abstract FilterStatus DecodeHeaders(HeaderMap head, bool endStream);

    /// <param name="bytes">The body bytes that came now or, where the chain was held, all that were kept.</param>
    public virtual FilterStatus DecodeData(long bytes, bool endStream) => FilterStatus.Continue;

    public virtual FilterStatus DecodeTrailers(HeaderMap trailers) => FilterStatus.Continue;

    /// <summary>Sees the headers of every answer, local replies included; not those of interim answers.</summary>
    public virtual void EncodeHeaders(HeaderMap head, bool endStream) { }

    /// <summary>Sees body bytes of an answer. <see cref="FilterStatus.StopIteration"/>: the filter sends them later (<see cref="ActiveStream.ForwardKept"/>).</summary>
    public virtual FilterStatus EncodeData(long bytes, bool endStream) => FilterStatus.Continue;

    /// <summary>Sees trailers of an answer. <see cref="FilterStatus.StopIteration"/>: the filter sends them later.</summary>
    public virtual FilterStatus EncodeTrailers(HeaderMap trailers) => FilterStatus.Continue;

    /// <summary>The stream is over, whatever the reason; timers and attempts of it must end.</summary>
    public virtual void OnDestroy() { }
}
