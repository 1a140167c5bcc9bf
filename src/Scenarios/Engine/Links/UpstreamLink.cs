using MeshSim.ProxyRuntime.Core;

namespace MeshSim.Scenarios.Engine;

/// <summary>One connection from a simulated proxy to an endpoint, as the proxy's driver sees it.</summary>
internal abstract class UpstreamLink(int endpoint)
{
    /// <summary>The endpoint's entity.</summary>
    public int Endpoint => endpoint;

    /// <summary>Several attempts at once: one that is given up leaves the others alone.</summary>
    public virtual bool IsMultiplexed => false;

    /// <summary>One attempt of several is given up.</summary>
    public virtual void Cancel(AttemptId attempt) { }

    /// <summary>An attempt begins: its head goes out.</summary>
    public abstract void Start(in Effect effect);

    /// <summary>Body bytes of the attempt go out.</summary>
    /// <param name="content">Empty where they are only counted.</param>
    public abstract void Data(ReadOnlySpan<byte> content, bool endStream);

    public abstract void Trailers(HeaderMap trailers);

    /// <summary>Bytes have come; nobody who only counts them gets any.</summary>
    public virtual void Receive(ReadOnlySpan<byte> bytes) { }

    /// <summary>The proxy closes it.</summary>
    public abstract void Close();

    /// <summary>The peer closed it, in order or by a reset: as in Envoy that makes no difference.</summary>
    public abstract void OnPeerClosed();
}
