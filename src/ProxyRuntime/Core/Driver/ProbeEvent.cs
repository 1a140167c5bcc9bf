namespace MeshSim.ProxyRuntime.Core;

/// <summary>What happens on a connection for health checks: the argument of <see cref="ProxyMain.Probe"/>.</summary>
public readonly record struct ProbeEvent(ProbeEventKind Kind)
{
    /// <summary>Of <see cref="ProbeEventKind.Headers"/> and <see cref="ProbeEventKind.Trailers"/>; read, but not kept, while the input is handled.</summary>
    public HeaderMap? Head { get; init; }

    /// <summary>Of <see cref="ProbeEventKind.Data"/>.</summary>
    public ReadOnlyMemory<byte> Content { get; init; }

    /// <summary>The response ends with these headers or these bytes.</summary>
    public bool EndStream { get; init; }
}

/// <summary>What can happen on a connection for health checks.</summary>
public enum ProbeEventKind : byte
{
    /// <summary>It is there.</summary>
    Connected,

    /// <summary>It could not be made, or is gone by the peer's doing. Nothing more comes of it.</summary>
    Closed,

    /// <summary>The peer takes no more requests on it after the one under way: HTTP/2 GOAWAY, HTTP/1 <c>connection: close</c>.</summary>
    GoAway,

    /// <summary>The head of the response.</summary>
    Headers,

    /// <summary>Bytes of the response's body, or of a connection that speaks none of HTTP.</summary>
    Data,

    /// <summary>Trailers, which end the response.</summary>
    Trailers,

    /// <summary>The peer reset the request under way (HTTP/2).</summary>
    Reset,
}
