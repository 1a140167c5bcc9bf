namespace MeshSim.ProxyRuntime.Core;

/// <summary>Statistics of one connection manager under <c>http.&lt;stat_prefix&gt;.</c> and <c>listener.&lt;address&gt;.http.&lt;stat_prefix&gt;.</c>.</summary>
internal sealed class HttpStats
{
    /// <summary>Names Envoy has from the start, of what does not happen here: HTTP/3, the overload manager, back-pressure, limits of HTTP/2.</summary>
    private static readonly string[] AlwaysZero =
    [
        "downstream_cx_delayed_close_timeout",
        "downstream_cx_http3_total",
        "downstream_cx_overload_disable_keepalive",
        "downstream_flow_control_paused_reading_total",
        "downstream_flow_control_resumed_reading_total",
        "downstream_rq_http3_total",
        "downstream_rq_overload_close",
        "downstream_rq_too_many_premature_resets",
        "rs_too_large",
    ];

    private static readonly string[] AlwaysZeroGauges =
    [
        "downstream_cx_http1_soft_drain",
        "downstream_cx_http3_active",
        "downstream_cx_rx_bytes_buffered",
        "downstream_cx_tx_bytes_buffered",
    ];

    private readonly Counter[] classes = new Counter[6];
    private readonly Counter[] listenerClasses = new Counter[6];
    private readonly Counter[] traced;

    public HttpStats(StatSheet sheet, string statPrefix, string listenerPrefix)
    {
        var root = $"http.{statPrefix}.";
        Counter Named(string name) => sheet.Counter(root + name);
        var listenerRoot = $"listener.{listenerPrefix}.http.{statPrefix}.downstream_rq_";
        for (var hundreds = 1; hundreds <= 5; hundreds++)
        {
            classes[hundreds] = Named($"downstream_rq_{hundreds}xx");
            listenerClasses[hundreds] = sheet.Counter($"{listenerRoot}{hundreds}xx");
        }

        DownstreamCxTotal = Named("downstream_cx_total");
        DownstreamCxHttp1Total = Named("downstream_cx_http1_total");
        DownstreamCxHttp2Total = Named("downstream_cx_http2_total");
        DownstreamCxDestroy = Named("downstream_cx_destroy");
        DownstreamCxDestroyActiveRq = Named("downstream_cx_destroy_active_rq");
        DownstreamCxDestroyLocal = Named("downstream_cx_destroy_local");
        DownstreamCxDestroyLocalActiveRq = Named("downstream_cx_destroy_local_active_rq");
        DownstreamCxDestroyRemote = Named("downstream_cx_destroy_remote");
        DownstreamCxDestroyRemoteActiveRq = Named("downstream_cx_destroy_remote_active_rq");
        DownstreamCxDrainClose = Named("downstream_cx_drain_close");
        DownstreamCxIdleTimeout = Named("downstream_cx_idle_timeout");
        DownstreamCxProtocolError = Named("downstream_cx_protocol_error");
        DownstreamCxRxBytesTotal = Named("downstream_cx_rx_bytes_total");
        DownstreamCxTxBytesTotal = Named("downstream_cx_tx_bytes_total");
        DownstreamCxSslTotal = Named("downstream_cx_ssl_total");
        DownstreamCxUpgradesTotal = Named("downstream_cx_upgrades_total");
        DownstreamRqTotal = Named("downstream_rq_total");
        DownstreamRqHttp1Total = Named("downstream_rq_http1_total");
        DownstreamRqHttp2Total = Named("downstream_rq_http2_total");
        DownstreamRqCompleted = Named("downstream_rq_completed");
        ListenerRqCompleted = sheet.Counter(listenerRoot + "completed");
        DownstreamRqIdleTimeout = Named("downstream_rq_idle_timeout");
        DownstreamRqNonRelativePath = Named("downstream_rq_non_relative_path");
        DownstreamRqResponseBeforeRqComplete = Named("downstream_rq_response_before_rq_complete");
        DownstreamRqRxReset = Named("downstream_rq_rx_reset");
        DownstreamRqTimeout = Named("downstream_rq_timeout");
        DownstreamRqTooLarge = Named("downstream_rq_too_large");
        DownstreamRqTxReset = Named("downstream_rq_tx_reset");
        DownstreamCxMaxDurationReached = Named("downstream_cx_max_duration_reached");
        DownstreamCxMaxRequestsReached = Named("downstream_cx_max_requests_reached");
        DownstreamRqFailedPathNormalization = Named("downstream_rq_failed_path_normalization");
        DownstreamRqHeaderTimeout = Named("downstream_rq_header_timeout");
        DownstreamRqMaxDurationReached = Named("downstream_rq_max_duration_reached");
        DownstreamRqRedirectedWithNormalizedPath = Named("downstream_rq_redirected_with_normalized_path");
        DownstreamRqRejectedViaIpDetection = Named("downstream_rq_rejected_via_ip_detection");
        DownstreamRqWsOnNonWsRoute = Named("downstream_rq_ws_on_non_ws_route");
        DownstreamCxActive = sheet.Gauge(root + "downstream_cx_active");
        DownstreamCxHttp1Active = sheet.Gauge(root + "downstream_cx_http1_active");
        DownstreamCxHttp2Active = sheet.Gauge(root + "downstream_cx_http2_active");
        DownstreamCxSslActive = sheet.Gauge(root + "downstream_cx_ssl_active");
        DownstreamCxUpgradesActive = sheet.Gauge(root + "downstream_cx_upgrades_active");
        DownstreamRqActive = sheet.Gauge(root + "downstream_rq_active");
        DownstreamCxLengthMs = sheet.Histogram(root + "downstream_cx_length_ms");
        DownstreamRqTime = sheet.Histogram(root + "downstream_rq_time");
        traced =
        [
            Named("tracing.not_traceable"),
            Named("tracing.random_sampling"),
            Named("tracing.service_forced"),
            Named("tracing.client_enabled"),
            Named("tracing.health_check"),
        ];
        foreach (var name in AlwaysZero)
        {
            _ = Named(name);
        }

        foreach (var name in AlwaysZeroGauges)
        {
            _ = sheet.Gauge(root + name);
        }
    }

    public Counter DownstreamCxTotal { get; }

    public Counter DownstreamCxHttp1Total { get; }

    public Counter DownstreamCxHttp2Total { get; }

    public Counter DownstreamCxDestroy { get; }

    public Counter DownstreamCxDestroyActiveRq { get; }

    public Counter DownstreamCxDestroyLocal { get; }

    public Counter DownstreamCxDestroyLocalActiveRq { get; }

    public Counter DownstreamCxDestroyRemote { get; }

    public Counter DownstreamCxDestroyRemoteActiveRq { get; }

    public Counter DownstreamCxDrainClose { get; }

    public Counter DownstreamCxIdleTimeout { get; }

    public Counter DownstreamCxProtocolError { get; }

    /// <summary>Bytes of requests as their heads, framing and bodies make them; counted when a request is over.</summary>
    public Counter DownstreamCxRxBytesTotal { get; }

    public Counter DownstreamCxTxBytesTotal { get; }

    public Counter DownstreamCxSslTotal { get; }

    public Counter DownstreamCxUpgradesTotal { get; }

    public Counter DownstreamRqTotal { get; }

    public Counter DownstreamRqHttp1Total { get; }

    public Counter DownstreamRqHttp2Total { get; }

    public Counter DownstreamRqCompleted { get; }

    public Counter ListenerRqCompleted { get; }

    public Counter DownstreamRqIdleTimeout { get; }

    public Counter DownstreamRqNonRelativePath { get; }

    public Counter DownstreamRqResponseBeforeRqComplete { get; }

    public Counter DownstreamRqRxReset { get; }

    public Counter DownstreamRqTimeout { get; }

    public Counter DownstreamRqTooLarge { get; }

    public Counter DownstreamRqTxReset { get; }

    public Counter DownstreamCxMaxDurationReached { get; }

    public Counter DownstreamCxMaxRequestsReached { get; }

    public Counter DownstreamRqFailedPathNormalization { get; }

    public Counter DownstreamRqHeaderTimeout { get; }

    public Counter DownstreamRqMaxDurationReached { get; }

    public Counter DownstreamRqRedirectedWithNormalizedPath { get; }

    public Counter DownstreamRqRejectedViaIpDetection { get; }

    public Counter DownstreamRqWsOnNonWsRoute { get; }

    public Gauge DownstreamCxActive { get; }

    public Gauge DownstreamCxHttp1Active { get; }

    public Gauge DownstreamCxHttp2Active { get; }

    public Gauge DownstreamCxSslActive { get; }

    public Gauge DownstreamCxUpgradesActive { get; }

    public Gauge DownstreamRqActive { get; }

    public Histogram DownstreamCxLengthMs { get; }

    public Histogram DownstreamRqTime { get; }

    public void ConnectionOpened(HttpProtocol protocol, bool tls)
    {
        DownstreamCxTotal.Increment();
        DownstreamCxActive.Increment();
        if (tls)
        {
            DownstreamCxSslTotal.Increment();
            DownstreamCxSslActive.Increment();
        }

        (protocol == HttpProtocol.Http2 ? DownstreamCxHttp2Total : DownstreamCxHttp1Total).Increment();
        (protocol == HttpProtocol.Http2 ? DownstreamCxHttp2Active : DownstreamCxHttp1Active).Increment();
    }

    public void ConnectionClosed(HttpProtocol protocol, bool tls, bool local, bool activeRequest, long lengthMs)
    {
        DownstreamCxActive.Decrement();
        if (tls)
        {
            DownstreamCxSslActive.Decrement();
        }

        (protocol == HttpProtocol.Http2 ? DownstreamCxHttp2Active : DownstreamCxHttp1Active).Decrement();
        DownstreamCxLengthMs.Record(lengthMs);
        DownstreamCxDestroy.Increment();
        (local ? DownstreamCxDestroyLocal : DownstreamCxDestroyRemote).Increment();
        if (activeRequest)
        {
            DownstreamCxDestroyActiveRq.Increment();
            (local ? DownstreamCxDestroyLocalActiveRq : DownstreamCxDestroyRemoteActiveRq).Increment();
        }
    }

    public void RequestStarted(HttpProtocol protocol)
    {
        DownstreamRqTotal.Increment();
        DownstreamRqActive.Increment();
        (protocol == HttpProtocol.Http2 ? DownstreamRqHttp2Total : DownstreamRqHttp1Total).Increment();
    }

    /// <summary>A request is over.</summary>
    public void RequestEnded(long durationMs)
    {
        DownstreamRqActive.Decrement();
        DownstreamRqTime.Record(durationMs);
    }

    /// <summary>What a request that is over took on the connection.</summary>
    public void Transferred(BytesMeter bytes)
    {
        DownstreamCxRxBytesTotal.Add(bytes.WireBytesReceived);
        DownstreamCxTxBytesTotal.Add(bytes.WireBytesSent);
    }

    /// <summary>An upgrade or CONNECT that the route or the connection manager allows goes on to the filters.</summary>
    public void UpgradeAccepted()
    {
        DownstreamCxUpgradesTotal.Increment();
        DownstreamCxUpgradesActive.Increment();
    }

    /// <summary>Whether a request is traced has been decided.</summary>
    public void Traced(TraceReason reason) => traced[(int)reason].Increment();

    /// <summary>Response headers go out.</summary>
    public void Responded(int code)
    {
        DownstreamRqCompleted.Increment();
        ListenerRqCompleted.Increment();
        var hundreds = code / 100;
        if (hundreds is >= 1 and <= 5)
        {
            classes[hundreds].Increment();
            listenerClasses[hundreds].Increment();
        }
    }
}
