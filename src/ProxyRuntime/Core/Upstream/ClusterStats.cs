namespace MeshSim.ProxyRuntime.Core;

/// <summary>Statistics of one cluster as one worker counts them, under <c>cluster.&lt;name&gt;.</c>.</summary>
internal sealed class ClusterStats
{
    /// <summary>Names Envoy has from the start and that nothing here writes yet.</summary>
    private static readonly string[] AlwaysZero =
    [
        "assignment_use_cached",
        "bind_errors",
        "upstream_cx_connect_with_0_rtt",
        "upstream_cx_http3_total",
        "upstream_http3_broken",
        "upstream_queue_overloaded",
        "upstream_rq_0rtt",
        "upstream_rq_rx_reset_no_error",
    ];

    public ClusterStats(StatSheet sheet, ClusterSnapshot cluster, string ownZone)
    {
        var root = $"cluster.{cluster.StatName}.";
        Counter Named(string name) => sheet.Counter(root + name);
        foreach (var name in AlwaysZero)
        {
            _ = Named(name);
        }

        LbLocalClusterNotOk = Named("lb_local_cluster_not_ok");
        LbRecalculateZoneStructures = Named("lb_recalculate_zone_structures");
        LbZoneClusterTooSmall = Named("lb_zone_cluster_too_small");
        LbZoneNoCapacityLeft = Named("lb_zone_no_capacity_left");
        LbZoneRoutingAllDirectly = Named("lb_zone_routing_all_directly");
        LbZoneRoutingCrossZone = Named("lb_zone_routing_cross_zone");
        LbZoneRoutingSampled = Named("lb_zone_routing_sampled");
        LbHealthyPanic = Named("lb_healthy_panic");
        OriginalDstHostInvalid = Named("original_dst_host_invalid");
        UpstreamInternalRedirectFailedTotal = Named("upstream_internal_redirect_failed_total");
        UpstreamInternalRedirectSucceededTotal = Named("upstream_internal_redirect_succeeded_total");
        UpstreamRqMaintenanceMode = Named("upstream_rq_maintenance_mode");
        UpstreamRqMaxDurationReached = Named("upstream_rq_max_duration_reached");
        UpstreamRqPerTryIdleTimeout = Named("upstream_rq_per_try_idle_timeout");
        UpstreamRqRetryBackoffRatelimited = Named("upstream_rq_retry_backoff_ratelimited");
        RetryOrShadowAbandoned = Named("retry_or_shadow_abandoned");
        UpstreamCxRxBytesTotal = Named("upstream_cx_rx_bytes_total");
        UpstreamCxTxBytesTotal = Named("upstream_cx_tx_bytes_total");
        UpstreamCxTotal = Named("upstream_cx_total");
        UpstreamCxHttp1Total = Named("upstream_cx_http1_total");
        UpstreamCxHttp2Total = Named("upstream_cx_http2_total");
        UpstreamCxCloseNotify = Named("upstream_cx_close_notify");
        UpstreamCxConnectAttemptsExceeded = Named("upstream_cx_connect_attempts_exceeded");
        UpstreamCxConnectFail = Named("upstream_cx_connect_fail");
        UpstreamCxConnectTimeout = Named("upstream_cx_connect_timeout");
        UpstreamCxDestroy = Named("upstream_cx_destroy");
        UpstreamCxDestroyLocal = Named("upstream_cx_destroy_local");
        UpstreamCxDestroyLocalWithActiveRq = Named("upstream_cx_destroy_local_with_active_rq");
        UpstreamCxDestroyRemote = Named("upstream_cx_destroy_remote");
        UpstreamCxDestroyRemoteWithActiveRq = Named("upstream_cx_destroy_remote_with_active_rq");
        UpstreamCxDestroyWithActiveRq = Named("upstream_cx_destroy_with_active_rq");
        UpstreamCxIdleTimeout = Named("upstream_cx_idle_timeout");
        UpstreamCxMaxDurationReached = Named("upstream_cx_max_duration_reached");
        UpstreamCxPoolOverflow = Named("upstream_cx_pool_overflow");
        UpstreamCxMaxRequests = Named("upstream_cx_max_requests");
        UpstreamCxNoneHealthy = Named("upstream_cx_none_healthy");
        UpstreamCxOverflow = Named("upstream_cx_overflow");
        UpstreamCxProtocolError = Named("upstream_cx_protocol_error");
        UpstreamFlowControlBackedUpTotal = Named("upstream_flow_control_backed_up_total");
        UpstreamFlowControlDrainedTotal = Named("upstream_flow_control_drained_total");
        UpstreamFlowControlPausedReadingTotal = Named("upstream_flow_control_paused_reading_total");
        UpstreamFlowControlResumedReadingTotal = Named("upstream_flow_control_resumed_reading_total");
        UpstreamRqActiveOverflow = Named("upstream_rq_active_overflow");
        UpstreamRqCancelled = Named("upstream_rq_cancelled");
        UpstreamRqPendingFailureEject = Named("upstream_rq_pending_failure_eject");
        UpstreamRqPendingOverflow = Named("upstream_rq_pending_overflow");
        UpstreamRqPendingTotal = Named("upstream_rq_pending_total");
        UpstreamRqPerTryTimeout = Named("upstream_rq_per_try_timeout");
        UpstreamRqRetry = Named("upstream_rq_retry");
        UpstreamRqRetryBackoffExponential = Named("upstream_rq_retry_backoff_exponential");
        UpstreamRqRetryLimitExceeded = Named("upstream_rq_retry_limit_exceeded");
        UpstreamRqRetryOverflow = Named("upstream_rq_retry_overflow");
        UpstreamRqRetrySuccess = Named("upstream_rq_retry_success");
        UpstreamRqRxReset = Named("upstream_rq_rx_reset");
        UpstreamRqTimeout = Named("upstream_rq_timeout");
        UpstreamRqTotal = Named("upstream_rq_total");
        UpstreamRqTxReset = Named("upstream_rq_tx_reset");
        // What a connection has not sent or read yet is with its driver.
        _ = sheet.Gauge(root + "upstream_cx_rx_bytes_buffered");
        _ = sheet.Gauge(root + "upstream_cx_tx_bytes_buffered");
        UpstreamCxActive = sheet.Gauge(root + "upstream_cx_active");
        UpstreamRqActive = sheet.Gauge(root + "upstream_rq_active");
        UpstreamRqPendingActive = sheet.Gauge(root + "upstream_rq_pending_active");
        UpstreamCxConnectMs = sheet.Histogram(root + "upstream_cx_connect_ms");
        UpstreamCxLengthMs = sheet.Histogram(root + "upstream_cx_length_ms");
        UpstreamRqPerCx = sheet.Histogram(root + "upstream_rq_per_cx");
        Subsets = new SubsetStats(sheet, root);
        Responses = new ResponseStats(sheet, root, ownZone);
        RetriedCodes = new CodeStats(sheet, root + "retry.");
        TimeoutBudgets = cluster.TrackStats.TimeoutBudgets ? new TimeoutBudgetStats(sheet, root) : null;
        RequestResponseSizes = cluster.TrackStats.RequestResponseSizes ? new RequestResponseSizeStats(sheet, root) : null;
    }

    public Counter LbLocalClusterNotOk { get; }

    public Counter LbRecalculateZoneStructures { get; }

    public Counter LbZoneClusterTooSmall { get; }

    public Counter LbZoneNoCapacityLeft { get; }

    public Counter LbZoneRoutingAllDirectly { get; }

    public Counter LbZoneRoutingCrossZone { get; }

    public Counter LbZoneRoutingSampled { get; }

    public Counter LbHealthyPanic { get; }

    public Counter OriginalDstHostInvalid { get; }

    public Counter UpstreamInternalRedirectFailedTotal { get; }

    public Counter UpstreamInternalRedirectSucceededTotal { get; }

    public Counter UpstreamRqMaintenanceMode { get; }

    public Counter UpstreamRqMaxDurationReached { get; }

    public Counter UpstreamRqPerTryIdleTimeout { get; }

    public Counter UpstreamRqRetryBackoffRatelimited { get; }

    public Counter RetryOrShadowAbandoned { get; }

    public Counter UpstreamCxRxBytesTotal { get; }

    public Counter UpstreamCxTxBytesTotal { get; }

    public Counter UpstreamCxTotal { get; }

    public Counter UpstreamCxHttp1Total { get; }

    public Counter UpstreamCxHttp2Total { get; }

    public Counter UpstreamCxCloseNotify { get; }

    /// <summary>Connections of a TCP proxy whose max_connect_attempts have all failed.</summary>
    public Counter UpstreamCxConnectAttemptsExceeded { get; }

    public Counter UpstreamCxConnectFail { get; }

    public Counter UpstreamCxConnectTimeout { get; }

    public Counter UpstreamCxDestroy { get; }

    public Counter UpstreamCxDestroyLocal { get; }

    public Counter UpstreamCxDestroyLocalWithActiveRq { get; }

    public Counter UpstreamCxDestroyRemote { get; }

    public Counter UpstreamCxDestroyRemoteWithActiveRq { get; }

    public Counter UpstreamCxDestroyWithActiveRq { get; }

    public Counter UpstreamCxIdleTimeout { get; }

    public Counter UpstreamCxMaxDurationReached { get; }

    public Counter UpstreamCxPoolOverflow { get; }

    public Counter UpstreamCxMaxRequests { get; }

    public Counter UpstreamCxNoneHealthy { get; }

    public Counter UpstreamCxOverflow { get; }

    public Counter UpstreamCxProtocolError { get; }

    /// <summary>More waits for a host than may; counted for TCP proxies.</summary>
    public Counter UpstreamFlowControlBackedUpTotal { get; }

    public Counter UpstreamFlowControlDrainedTotal { get; }

    /// <summary>A host was not read as its client did not keep up; counted for TCP proxies.</summary>
    public Counter UpstreamFlowControlPausedReadingTotal { get; }

    public Counter UpstreamFlowControlResumedReadingTotal { get; }

    public Counter UpstreamRqActiveOverflow { get; }

    public Counter UpstreamRqCancelled { get; }

    public Counter UpstreamRqPendingFailureEject { get; }

    public Counter UpstreamRqPendingOverflow { get; }

    public Counter UpstreamRqPendingTotal { get; }

    public Counter UpstreamRqPerTryTimeout { get; }

    public Counter UpstreamRqRetry { get; }

    public Counter UpstreamRqRetryBackoffExponential { get; }

    public Counter UpstreamRqRetryLimitExceeded { get; }

    public Counter UpstreamRqRetryOverflow { get; }

    public Counter UpstreamRqRetrySuccess { get; }

    public Counter UpstreamRqRxReset { get; }

    public Counter UpstreamRqTimeout { get; }

    public Counter UpstreamRqTotal { get; }

    public Counter UpstreamRqTxReset { get; }

    public Gauge UpstreamCxActive { get; }

    public Gauge UpstreamRqActive { get; }

    public Gauge UpstreamRqPendingActive { get; }

    public Histogram UpstreamCxConnectMs { get; }

    public Histogram UpstreamCxLengthMs { get; }

    public Histogram UpstreamRqPerCx { get; }

    /// <summary>lb_subsets_…</summary>
    public SubsetStats Subsets { get; }

    /// <summary>Every response that stands.</summary>
    public ResponseStats Responses { get; }

    /// <summary>Responses that were swallowed by a retry.</summary>
    public CodeStats RetriedCodes { get; }

    /// <summary>track_cluster_stats.timeout_budgets; null: not asked for.</summary>
    public TimeoutBudgetStats? TimeoutBudgets { get; }

    /// <summary>track_cluster_stats.request_response_sizes; null: not asked for.</summary>
    public RequestResponseSizeStats? RequestResponseSizes { get; }

    /// <summary>What a request that is over took on the connections of its attempts.</summary>
    public void Transferred(BytesMeter bytes)
    {
        UpstreamCxRxBytesTotal.Add(bytes.WireBytesReceived);
        UpstreamCxTxBytesTotal.Add(bytes.WireBytesSent);
    }

    /// <summary>A connection is gone.</summary>
    public void ConnectionDestroyed(bool local, bool withActiveRequest)
    {
        UpstreamCxDestroy.Increment();
        UpstreamCxActive.Decrement();
        (local ? UpstreamCxDestroyLocal : UpstreamCxDestroyRemote).Increment();
        if (withActiveRequest)
        {
            UpstreamCxDestroyWithActiveRq.Increment();
            (local ? UpstreamCxDestroyLocalWithActiveRq : UpstreamCxDestroyRemoteWithActiveRq).Increment();
        }
    }
}
