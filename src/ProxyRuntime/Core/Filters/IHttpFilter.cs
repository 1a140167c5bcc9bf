namespace MeshSim.ProxyRuntime.Core;

/// <summary>What the chain does after a filter has seen something.</summary>
internal enum FilterStatus : byte
{
    /// <summary>The next filter sees it.</summary>
    Continue,

    /// <summary>The chain waits here until the filter calls <see cref="ActiveStream.ContinueDecoding"/> or answers itself.</summary>
    StopIteration,
}

/// <summary>One HTTP filter of one stream. Requests pass filters in list order, responses in reverse order. Instances are reused.</summary>
internal interface IHttpFilter
{
    /// <summary>A new stream begins; what the former one left is forgotten.</summary>
    void Begin(ActiveStream stream);

    FilterStatus DecodeHeaders(HeaderMap head, bool endStream);

    FilterStatus DecodeData(long bytes, bool endStream);

    FilterStatus DecodeTrailers(HeaderMap trailers);

    /// <summary>Sees the headers of every answer, local replies included.</summary>
    void EncodeHeaders(HeaderMap head, bool endStream);

    /// <summary>The stream is over, whatever the reason; timers and attempts of it must end.</summary>
    void OnDestroy();
}
