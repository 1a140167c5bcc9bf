using Envoy.Config.Bootstrap.V3;
using Envoy.Config.Listener.V3;
using Envoy.Config.Route.V3;
using Envoy.Extensions.Filters.Network.HttpConnectionManager.V3;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>A route table of a configuration, and the listener that uses it.</summary>
/// <param name="Table">Where listeners share a table, the same message.</param>
/// <param name="Listener">Name or address; empty where no listener is told.</param>
internal sealed record FoundTable(RouteConfiguration Table, string Listener)
{
    public override string ToString() =>
        (Table.Name.Length > 0 ? $"'{Table.Name}'" : "one without a name") + (Listener.Length > 0 ? $" (listener '{Listener}')" : "");

    /// <summary>Every table of a bootstrap, in the order of its listeners.</summary>
    public static IEnumerable<FoundTable> In(Bootstrap bootstrap, SourceMap map)
    {
        foreach (var listener in bootstrap.StaticResources?.Listeners ?? [])
        {
            var chains = listener.DefaultFilterChain is { } last ? listener.FilterChains.Append(last) : listener.FilterChains;
            foreach (var filter in chains.SelectMany(static chain => chain.Filters))
            {
                if (map.Content(filter.TypedConfig) is HttpConnectionManager { RouteConfig: { } table })
                {
                    yield return new FoundTable(table, NameOf(listener));
                }
            }
        }
    }

    private static string NameOf(Listener listener) =>
        listener.Name.Length > 0 ? listener.Name
        : listener.Address?.SocketAddress is { } address ? $"{address.Address}:{address.PortValue}"
        : "";
}
