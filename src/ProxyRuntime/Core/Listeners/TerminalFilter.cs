namespace MeshSim.ProxyRuntime.Core;

/// <summary>The last filter of a filter chain as one worker runs it: what its connections are for.</summary>
internal abstract class TerminalFilter
{
    /// <summary>The listener it belongs to; null for requests of the proxy's own.</summary>
    public ListenerSnapshot? Listener { get; init; }

    /// <summary>The filter chain it belongs to; null for requests of the proxy's own.</summary>
    public FilterChainSnapshot? FilterChain { get; init; }

    /// <summary>Its listener or filter chain is gone: how its connections end; null while it is there.</summary>
    public ListenerDrain? Drain { get; set; }

    /// <summary>A connection has this filter's chain.</summary>
    public abstract ServerConnection Open(ListenerState listener, ConnectionId id, ConnectionInfo info);
}
