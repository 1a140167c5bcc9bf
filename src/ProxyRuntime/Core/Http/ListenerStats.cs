namespace MeshSim.ProxyRuntime.Core;

/// <summary>Statistics under <c>listener.&lt;address&gt;.</c>.</summary>
internal sealed class ListenerStats
{
    private static readonly string[] AlwaysZero =
    [
        "downstream_cx_overflow",
        "downstream_cx_overload_reject",
        "downstream_global_cx_overflow",
        "extension_config_missing",
        "network_extension_config_missing",
    ];

    public ListenerStats(StatSheet sheet, string prefix)
    {
        var root = $"listener.{prefix}.";
        DownstreamCxTotal = sheet.Counter(root + "downstream_cx_total");
        DownstreamCxDestroy = sheet.Counter(root + "downstream_cx_destroy");
        DownstreamCxActive = sheet.Gauge(root + "downstream_cx_active");
        DownstreamCxLengthMs = sheet.Histogram(root + "downstream_cx_length_ms");
        DownstreamCxTransportSocketConnectTimeout = sheet.Counter(root + "downstream_cx_transport_socket_connect_timeout");
        DownstreamListenerFilterError = sheet.Counter(root + "downstream_listener_filter_error");
        DownstreamListenerFilterRemoteClose = sheet.Counter(root + "downstream_listener_filter_remote_close");
        DownstreamPreCxActive = sheet.Gauge(root + "downstream_pre_cx_active");
        DownstreamPreCxTimeout = sheet.Counter(root + "downstream_pre_cx_timeout");
        NoFilterChainMatch = sheet.Counter(root + "no_filter_chain_match");
        foreach (var name in AlwaysZero)
        {
            _ = sheet.Counter(root + name);
        }
    }

    public Counter DownstreamCxTotal { get; }

    public Counter DownstreamCxDestroy { get; }

    public Gauge DownstreamCxActive { get; }

    public Histogram DownstreamCxLengthMs { get; }

    public Counter DownstreamCxTransportSocketConnectTimeout { get; }

    public Counter DownstreamListenerFilterError { get; }

    public Counter DownstreamListenerFilterRemoteClose { get; }

    public Gauge DownstreamPreCxActive { get; }

    public Counter DownstreamPreCxTimeout { get; }

    public Counter NoFilterChainMatch { get; }
}
