using System.Collections.Immutable;
using System.Text;

namespace MeshSim.Scenarios.Model;

/// <summary>One kind of request.</summary>
/// <param name="Weight">How often, compared with the others; above 0.</param>
/// <param name="BodyBytes">How long its body is, where <paramref name="Body"/> does not say it.</param>
/// <param name="Body">Its body as text; null for one that only has a length.</param>
public sealed record RequestShape(
    double Weight,
    string Method,
    string Path,
    string Host,
    ImmutableArray<(string Name, string Value)> Headers,
    int BodyBytes,
    string? Body = null
)
{
    /// <summary>Bytes of the body.</summary>
    public int ContentLength => Body is { } body ? Encoding.UTF8.GetByteCount(body) : BodyBytes;
}
