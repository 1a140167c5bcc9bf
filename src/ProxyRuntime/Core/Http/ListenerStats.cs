namespace MeshSim.ProxyRuntime.Core;

/// <summary>Statistics under <c>listener.&lt;address&gt;.</c>.</summary>
internal sealed class ListenerStats
{
    private static readonly string[] AlwaysZero =
    [
        "downstream_cx_overflow",
        "downstream_cx_overload_reject",
        "downstream_cx_transport_socket_connect_timeout",
        "downstream_global_cx_overflow",
        "downstream_listener_filter_error",
        "downstream_listener_filter_remote_close",
        "downstream_pre_cx_timeout",
        "extension_config_missing",
        "network_extension_config_missing",
        "no_filter_chain_match",
    ];

    public ListenerStats(StatSheet sheet, string prefix)
    {
        var root = $"listener.{prefix}.";
        DownstreamCxTotal = sheet.Counter(root + "downstream_cx_total");
        DownstreamCxDestroy = sheet.Counter(root + "downstream_cx_destroy");
        DownstreamCxActive = sheet.Gauge(root + "downstream_cx_active");
        _ = sheet.Gauge(root + "downstream_pre_cx_active"); // No listener filter makes a connection wait.
        DownstreamCxLengthMs = sheet.Histogram(root + "downstream_cx_length_ms");
        foreach (var name in AlwaysZero)
        {
            _ = sheet.Counter(root + name);
        }
    }

    public Counter DownstreamCxTotal { get; }

    public Counter DownstreamCxDestroy { get; }

    public Gauge DownstreamCxActive { get; }

    public Histogram DownstreamCxLengthMs { get; }
}
