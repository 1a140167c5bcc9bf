namespace MeshSim.ProxyRuntime.Core;

/// <summary>direct_response: the proxy answers itself.</summary>
/// <param name="Status">200 to 599.</param>
/// <param name="Body">At most max_direct_response_body_size_bytes (4096).</param>
public sealed record DirectResponseAction(int Status, ReadOnlyMemory<byte> Body) : ActionSnapshot
{
    /// <summary>body_format; null for the body as it is.</summary>
    public SubstitutionFormat? BodyFormat { get; init; }

    /// <summary>content_type of body_format; empty for text/plain or, for JSON, application/json.</summary>
    public string ContentType { get; init; } = "";
}
