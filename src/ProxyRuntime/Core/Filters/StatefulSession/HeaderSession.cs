namespace MeshSim.ProxyRuntime.Core;

/// <summary>A session in a header: of several lines the first counts.</summary>
internal sealed class HeaderSession(HeaderSessionSettings settings) : SessionState
{
    public override void Read(HeaderMap request, MonotonicTime now, ByteBuffer address) => Decode(request.Get(settings.Name), address);

    public override void Write(HeaderMap response, ReadOnlySpan<byte> address, MonotonicTime now, ByteBuffer scratch)
    {
        scratch.Clear();
        Encode(address, scratch);
        response.Set(settings.Name, scratch.Span);
    }
}
