using System.Collections.Immutable;
using Envoy.Config.Listener.V3;
using Envoy.Extensions.Filters.Network.HttpConnectionManager.V3;
using Envoy.Extensions.Filters.Network.TcpProxy.V3;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>Listeners: address, filter chains with their last filters, listener filters.</summary>
internal sealed class ListenerBuilder(BuildContext context)
{
    private const string NetworkFilters = "envoy.extensions.filters.network.";

    public ImmutableArray<ListenerSnapshot> BuildAll(IEnumerable<Listener> listeners)
    {
        var built = ImmutableArray.CreateBuilder<ListenerSnapshot>();
        Dictionary<string, string> addresses = new(StringComparer.Ordinal);
        foreach (var listener in listeners)
        {
            if (Build(listener) is not { } snapshot)
            {
                continue;
            }

            if (snapshot.Address.Port != 0 && !addresses.TryAdd(snapshot.Address.Text, snapshot.Name))
            {
                context.Map.Problem(
                    listener,
                    "address",
                    $"error adding listener: '{snapshot.Name}' has duplicate address '{snapshot.Address.Text}' as existing listener '{addresses[snapshot.Address.Text]}'"
                );
                continue;
            }

            built.Add(snapshot);
        }

        return built.ToImmutable();
    }

    /// <summary>What it goes by: its name, or its address where it has none.</summary>
    public static string NameOf(Listener listener) =>
        listener.Name.Length > 0 || listener.Address?.SocketAddress is not { } socket
            ? listener.Name
            : new NetworkAddress(socket.Address, (int)Math.Min(socket.PortValue, ushort.MaxValue)).Text;

    /// <summary>Null, with a problem, for one without an address.</summary>
    public ListenerSnapshot? Build(Listener listener)
    {
        if (listener.Address is null)
        {
            context.Map.Problem(listener, "address", $"error adding listener named '{listener.Name}': address is necessary");
            return null;
        }

        var address = AddressBuilder.Build(context, listener.Address);
        context.NotSupported(listener, ["filter_chain_matcher", "api_listener", "internal_listener", "udp_listener_config"], "filter_chains");
        if (listener.FilterChains.Count == 0 && listener is { DefaultFilterChain: null, ApiListener: null, InternalListener: null })
        {
            context.Map.Problem(listener, "filter_chains", $"error adding listener '{address?.Text}': no filter chains specified");
        }

        var chains = listener.FilterChains.Select(chain => Chain(listener, chain)).ToImmutableArray();
        var last = listener.DefaultFilterChain is { } chain ? Chain(listener, chain) : null;
        var inspector = new ListenerFilterBuilder(context).TlsInspector(listener);
        if (address is null)
        {
            return null;
        }

        var hash = new MessageHash(context.Map);
        return new ListenerSnapshot
        {
            Hash = hash.Of(listener),
            HashWithoutChains = hash.Of(listener, "filter_chains", "default_filter_chain"),
            Name = listener.Name.Length > 0 ? listener.Name : address.Text,
            Address = address,
            Message = context.Keep(listener),
            FilterChains = chains,
            DefaultFilterChain = last,
            TlsInspector = inspector,
            ListenerFiltersTimeoutNs = BuildContext.MillisecondsNs(listener.ListenerFiltersTimeout, ListenerSnapshot.DefaultListenerFiltersTimeoutNs),
            ContinueOnListenerFiltersTimeout = listener.ContinueOnListenerFiltersTimeout,
            StatPrefix = listener.StatPrefix.Length > 0 ? listener.StatPrefix.Replace(':', '_') : address.Text.Replace(':', '_'),
        };
    }

    private FilterChainSnapshot Chain(Listener listener, FilterChain chain)
    {
        var (manager, proxy) = LastFilter(listener, chain);
        return new()
        {
            Name = chain.Name,
            Hash = new MessageHash(context.Map).Of(chain),
            Match = FilterChainMatchBuilder.Build(chain.FilterChainMatch),
            ConnectionManager = manager,
            TcpProxy = proxy,
            Tls = new TlsContextBuilder(context).Downstream(chain),
            TransportSocketConnectTimeoutNs = BuildContext.MillisecondsNs(chain.TransportSocketConnectTimeout, 0),
            Metadata = MetadataBuilder.Build(chain.Metadata),
        };
    }

    /// <summary>What the connections of a chain are for; nothing, with a problem where there are filters, if they cannot be built.</summary>
    private (HttpConnectionManagerSnapshot? Manager, TcpProxySnapshot? Proxy) LastFilter(Listener listener, FilterChain chain)
    {
        HttpConnectionManagerSnapshot? manager = null;
        TcpProxySnapshot? proxy = null;
        for (var i = 0; i < chain.Filters.Count; i++)
        {
            var filter = chain.Filters[i];
            if (filter.ConfigDiscovery is not null)
            {
                context.NotSupported(filter, "config_discovery", "typed_config");
                continue;
            }

            if (HttpFilterTable.PassThroughReason(ConfigTypes.NameOf(filter.TypedConfig?.TypeUrl ?? "")) is { } reason)
            {
                context.Map.Warn(filter, "typed_config", $"'{filter.Name}' lets every connection pass here: {reason}");
                context.Map.Settle(filter, "typed_config");
                continue;
            }

            if (!IsInPlace(filter, last: i == chain.Filters.Count - 1))
            {
                continue;
            }

            switch (context.Extension(filter, filter.Name, filter.TypedConfig, NetworkFilters, HttpConnectionManager.Descriptor, TcpProxy.Descriptor))
            {
                case HttpConnectionManager http:
                    manager = new ConnectionManagerBuilder(context).Build(http, listener.PerConnectionBufferLimitBytes);
                    break;
                case TcpProxy tcp:
                    proxy = new TcpProxyBuilder(context).Build(tcp, listener.PerConnectionBufferLimitBytes);
                    break;
                default:
                    break;
            }
        }

        return (manager, proxy);
    }

    /// <summary>False, with a problem, for a filter that cannot stand where it does.</summary>
    private bool IsInPlace(Filter filter, bool last)
    {
        var content = context.Map.Content(filter.TypedConfig);
        var terminal = content is HttpConnectionManager or TcpProxy;
        if (terminal && !last)
        {
            context.Map.Problem(
                filter,
                "name",
                $"Error: terminal filter named {filter.Name} of type {filter.Name} must be the last filter in a network filter chain."
            );
            return false;
        }

        if (last && !terminal && content?.Descriptor.FullName is { } type && BuildContext.IsOf(NetworkFilters, type))
        {
            context.Map.Problem(
                filter,
                "name",
                $"Error: non-terminal filter named {filter.Name} of type {type} is the last filter in a network filter chain; accepted there: {HttpConnectionManager.Descriptor.FullName}, {TcpProxy.Descriptor.FullName}"
            );
            return false;
        }

        return true;
    }
}
