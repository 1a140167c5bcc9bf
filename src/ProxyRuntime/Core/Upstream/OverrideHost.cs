namespace MeshSim.ProxyRuntime.Core;

/// <summary>Which host a filter wants for a request, whatever the balancer would choose. Reused with its stream.</summary>
internal sealed class OverrideHost
{
    private readonly ByteBuffer address = new();

    /// <summary><c>10.0.0.1:80</c>, <c>[::1]:80</c>; empty for none.</summary>
    public ReadOnlySpan<byte> Address => address.Span;

    /// <summary>No other host will do.</summary>
    public bool Strict { get; private set; }

    public void Set(ReadOnlySpan<byte> wanted, bool strict)
    {
        address.Clear();
        address.Append(wanted);
        Strict = strict;
    }

    public void Clear()
    {
        address.Clear();
        Strict = false;
    }
}
