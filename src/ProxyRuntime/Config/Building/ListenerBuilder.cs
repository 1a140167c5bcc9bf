using System.Collections.Immutable;
using Envoy.Config.Listener.V3;
using Envoy.Extensions.Filters.Network.HttpConnectionManager.V3;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>Listeners: address, the one filter chain, its connection manager.</summary>
internal sealed class ListenerBuilder(BuildContext context, HashSet<string> clusters)
{
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

    private ListenerSnapshot? Build(Listener listener)
    {
        if (listener.Address is null)
        {
            context.Map.Problem(listener, "address", $"error adding listener named '{listener.Name}': address is necessary");
            return null;
        }

        var address = AddressBuilder.Build(context, listener.Address);
        var chain = Chain(listener, address);
        if (address is null)
        {
            return null;
        }

        return new ListenerSnapshot
        {
            Name = listener.Name.Length > 0 ? listener.Name : address.Text,
            Address = address,
            ConnectionManager = chain is null ? null : Manager(listener, chain),
            StatPrefix = listener.StatPrefix.Length > 0 ? listener.StatPrefix.Replace(':', '_') : address.Text.Replace(':', '_'),
        };
    }

    private FilterChain? Chain(Listener listener, NetworkAddress? address)
    {
        if (listener.FilterChains.Count == 0 && listener.DefaultFilterChain is null)
        {
            context.Map.Problem(listener, "filter_chains", $"error adding listener '{address?.Text}': no filter chains specified");
            return null;
        }

        if (listener.FilterChains.Count + (listener.DefaultFilterChain is null ? 0 : 1) > 1)
        {
            context.Map.Unsupported(listener, "filter_chains", "more than one filter chain is not supported yet; accepted is one without filter_chain_match");
        }

        var chain = listener.DefaultFilterChain ?? listener.FilterChains[0];
        if (chain.FilterChainMatch is { } match && context.Map.Of(match).Fields.Count > 0)
        {
            context.NotSupported(chain, "filter_chain_match", "one filter chain that matches everything");
        }

        if (chain.TransportSocket is not null)
        {
            context.NotSupported(chain, "transport_socket", "plain text");
        }

        return chain;
    }

    private HttpConnectionManagerSnapshot? Manager(Listener listener, FilterChain chain)
    {
        HttpConnectionManagerSnapshot? manager = null;
        for (var i = 0; i < chain.Filters.Count; i++)
        {
            var filter = chain.Filters[i];
            if (filter.TypedConfig is null && filter.Name is "envoy.http_connection_manager")
            {
                context.Map.Problem(filter, "name", "a connection manager cannot be taken by name alone; accepted is a typed_config with '@type'");
                continue;
            }

            switch (context.Extension(filter, filter.Name, filter.TypedConfig))
            {
                case HttpConnectionManager http when i == chain.Filters.Count - 1:
                    manager = new ConnectionManagerBuilder(context, clusters).Build(http, listener.PerConnectionBufferLimitBytes);
                    break;
                case HttpConnectionManager:
                    context.Map.Problem(
                        filter,
                        "name",
                        $"Error: terminal filter named {filter.Name} of type {filter.Name} must be the last filter in a network filter chain."
                    );
                    break;
                case { } other:
                    context.Map.Unsupported(
                        filter,
                        "typed_config",
                        $"network filter {other.Descriptor.FullName} is not supported yet; accepted: {HttpConnectionManager.Descriptor.FullName}"
                    );
                    break;
                default:
                    break;
            }
        }

        return manager;
    }
}
