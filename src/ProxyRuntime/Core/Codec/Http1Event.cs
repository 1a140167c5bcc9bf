namespace MeshSim.ProxyRuntime.Core;

/// <summary>What a reader found next in the bytes it was given.</summary>
public enum Http1EventKind : byte
{
    /// <summary>Nothing more without more bytes.</summary>
    NeedMore,

    /// <summary>The first bytes of a request, whose head is not all there yet. Found at most once for a request.</summary>
    Begin,

    /// <summary>The head of an interim answer: 100, 102, 103 or 104. The answer itself follows.</summary>
    Informational,

    /// <summary>The head is complete.</summary>
    Head,

    /// <summary>Body bytes.</summary>
    Data,

    /// <summary>Trailers; the message ends with them.</summary>
    Trailers,

    /// <summary>The message ends, without more bytes.</summary>
    End,

    /// <summary>The bytes are no HTTP/1.1, or go beyond a limit. The reader cannot go on.</summary>
    Error,
}

/// <summary>One finding: <paramref name="Consumed"/> bytes are done with; body bytes are <paramref name="Count"/> from <paramref name="Offset"/>.</summary>
/// <param name="EndStream">The message ends with this head or these body bytes.</param>
public readonly record struct Http1Event(Http1EventKind Kind, int Consumed, int Offset = 0, int Count = 0, bool EndStream = false)
{
    /// <summary>The message ends here, in whatever way.</summary>
    public bool EndsMessage => EndStream || Kind is Http1EventKind.End or Http1EventKind.Trailers;
}
