namespace MeshSim.ProxyRuntime.Core;

/// <summary>Statistics under <c>tcp.&lt;stat_prefix&gt;.</c></summary>
internal sealed class TcpProxyStats
{
    public TcpProxyStats(StatSheet sheet, string statPrefix)
    {
        var root = $"tcp.{statPrefix}.";
        DownstreamCxTotal = sheet.Counter(root + "downstream_cx_total");
        DownstreamCxNoRoute = sheet.Counter(root + "downstream_cx_no_route");
        DownstreamCxRxBytesTotal = sheet.Counter(root + "downstream_cx_rx_bytes_total");
        DownstreamCxTxBytesTotal = sheet.Counter(root + "downstream_cx_tx_bytes_total");
        DownstreamFlowControlPausedReadingTotal = sheet.Counter(root + "downstream_flow_control_paused_reading_total");
        DownstreamFlowControlResumedReadingTotal = sheet.Counter(root + "downstream_flow_control_resumed_reading_total");
        IdleTimeout = sheet.Counter(root + "idle_timeout");
        MaxDownstreamConnectionDuration = sheet.Counter(root + "max_downstream_connection_duration");
        UpstreamFlushTotal = sheet.Counter(root + "upstream_flush_total");
        UpstreamFlushActive = sheet.Gauge(root + "upstream_flush_active");

        // Nothing is read before the host is connected; what waits between the two is with the driver.
        _ = sheet.Counter(root + "early_data_received_count_total");
        _ = sheet.Gauge(root + "downstream_cx_rx_bytes_buffered");
        _ = sheet.Gauge(root + "downstream_cx_tx_bytes_buffered");
    }

    public Counter DownstreamCxTotal { get; }

    /// <summary>The cluster is unknown.</summary>
    public Counter DownstreamCxNoRoute { get; }

    public Counter DownstreamCxRxBytesTotal { get; }

    public Counter DownstreamCxTxBytesTotal { get; }

    public Counter DownstreamFlowControlPausedReadingTotal { get; }

    public Counter DownstreamFlowControlResumedReadingTotal { get; }

    public Counter IdleTimeout { get; }

    public Counter MaxDownstreamConnectionDuration { get; }

    /// <summary>Clients that went before all they had sent had reached the host.</summary>
    public Counter UpstreamFlushTotal { get; }

    public Gauge UpstreamFlushActive { get; }
}
