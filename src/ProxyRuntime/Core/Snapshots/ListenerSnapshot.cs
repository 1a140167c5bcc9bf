using System.Collections.Immutable;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>One listener: where it accepts connections and what it does with them.</summary>
public sealed record ListenerSnapshot
{
    public const long DefaultListenerFiltersTimeoutNs = 15 * MonotonicTime.NanosecondsPerSecond;

    /// <summary>The configured name, or the address text where none was given.</summary>
    public required string Name { get; init; }

    public required NetworkAddress Address { get; init; }

    /// <summary>The Listener it was built of.</summary>
    public ConfigMessage Message { get; init; } = ConfigMessage.None;

    /// <summary>A hash of all that was configured: a listener of the same name and hash is the same.</summary>
    public ulong Hash { get; init; }

    /// <summary>A hash of all but the filter chains.</summary>
    public ulong HashWithoutChains { get; init; }

    /// <summary>filter_chains, in the order written.</summary>
    public ImmutableArray<FilterChainSnapshot> FilterChains { get; init; } = [];

    /// <summary>default_filter_chain: for connections that fit no other; null for none.</summary>
    public FilterChainSnapshot? DefaultFilterChain { get; init; }

    /// <summary>All chains, the default one last.</summary>
    public IEnumerable<FilterChainSnapshot> AllFilterChains => DefaultFilterChain is { } last ? FilterChains.Append(last) : FilterChains;

    /// <summary>
    /// The connection manager of the first chain that has one; null for none. To set it makes a chain for every connection.
    /// </summary>
    public HttpConnectionManagerSnapshot? ConnectionManager
    {
        get => AllFilterChains.FirstOrDefault(static chain => chain.ConnectionManager is not null)?.ConnectionManager;
        init => FilterChains = [new FilterChainSnapshot { ConnectionManager = value }];
    }

    /// <summary>Nothing but filter chains differs: connections of chains that stay need not end.</summary>
    public bool IsInPlaceUpdateOf(ListenerSnapshot former) => former.HashWithoutChains == HashWithoutChains;

    /// <summary>The chains that another version of this listener does not have.</summary>
    public IEnumerable<FilterChainSnapshot> ChainsGoneIn(ListenerSnapshot next)
    {
        var staying = new HashSet<ulong>(next.AllFilterChains.Select(static chain => chain.Hash));
        return AllFilterChains.Where(chain => !staying.Contains(chain.Hash));
    }

    /// <summary>The tls_inspector among listener_filters; null for none.</summary>
    public TlsInspectorSnapshot? TlsInspector { get; init; }

    /// <summary>listener_filters_timeout in nanoseconds: how long the inspector may wait, 0 = without end. Default 15 seconds.</summary>
    public long ListenerFiltersTimeoutNs { get; init; } = DefaultListenerFiltersTimeoutNs;

    /// <summary>continue_on_listener_filters_timeout. Default false: the connection is closed then.</summary>
    public bool ContinueOnListenerFiltersTimeout { get; init; }

    /// <summary>metadata of the listener.</summary>
    public MetadataMap Metadata { get; init; } = MetadataMap.Empty;

    /// <summary>What stands behind <c>listener.</c> in statistics: the address with <c>:</c> as <c>_</c>, or stat_prefix.</summary>
    public required string StatPrefix { get; init; }
}
