using Envoy.Config.Listener.V3;
using Envoy.Extensions.Filters.Listener.TlsInspector.V3;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>listener_filters: those that look at a connection before it gets a filter chain.</summary>
internal sealed class ListenerFilterBuilder(BuildContext context)
{
    private const string Category = "envoy.extensions.filters.listener.";

    /// <summary>The inspector that is configured, or the one Envoy puts in where filter chains cannot be chosen without; null for none.</summary>
    public TlsInspectorSnapshot? TlsInspector(Listener listener)
    {
        TlsInspectorSnapshot? found = null;
        foreach (var filter in listener.ListenerFilters)
        {
            context.NotSupported(filter, ["filter_disabled", "config_discovery"], "typed_config");
            if (
                filter.ConfigDiscovery is null
                && context.Extension(
                    filter,
                    filter.Name,
                    filter.TypedConfig,
                    Category,
                    Envoy.Extensions.Filters.Listener.TlsInspector.V3.TlsInspector.Descriptor
                )
                    is TlsInspector inspector
            )
            {
                context.NotSupported(inspector, ["enable_ja3_fingerprinting", "enable_ja4_fingerprinting"], "false");
                found = new TlsInspectorSnapshot(
                    (int)(inspector.MaxClientHelloSize ?? ClientHelloReader.DefaultMaxBytes),
                    inspector.CloseConnectionOnClientHelloParsingErrors
                );
            }
        }

        return found ?? (NeedsOne(listener) ? new TlsInspectorSnapshot() : null);
    }

    private static bool NeedsOne(Listener listener) =>
        listener.ListenerFilters.Count == 0
        && listener.FilterChains.Any(static chain =>
            chain.FilterChainMatch is { } match
            && (
                match.TransportProtocol == ConnectionInfo.TransportTls
                || (match.TransportProtocol.Length == 0 && (match.ServerNames.Count > 0 || match.ApplicationProtocols.Count > 0))
            )
        );
}
