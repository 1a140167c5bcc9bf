namespace MeshSim.ProxyRuntime.Live;

/// <summary>What a reader found next in the bytes it was given.</summary>
internal enum MessageEventKind
{
    /// <summary>Nothing more without more bytes.</summary>
    NeedMore,

    /// <summary>The head is complete.</summary>
    Head,

    /// <summary>Body bytes.</summary>
    Data,

    /// <summary>The message ends; trailers may stand in the map given.</summary>
    End,

    /// <summary>The bytes are no HTTP/1.1.</summary>
    Error,
}

/// <summary>One finding. <paramref name="Consumed"/> bytes are done with; body bytes are <paramref name="Count"/> from <paramref name="Offset"/>.</summary>
internal readonly record struct MessageEvent(MessageEventKind Kind, int Consumed, int Offset = 0, int Count = 0, bool EndStream = false);
