namespace MeshSim.ProxyRuntime.Core;

/// <summary>Counts the responses of one request where they belong: its cluster, its virtual cluster, its route, the host.</summary>
internal readonly struct ResponseCharger
{
    private readonly StreamInfo info;
    private readonly ClusterState cluster;
    private readonly RequestStats? virtualCluster;
    private readonly RequestStats? route;
    private readonly bool emit;
    private readonly bool isInternal;
    private readonly ResponseStats? alternative;

    private ResponseCharger(
        StreamInfo info,
        ClusterState cluster,
        RequestStats? virtualCluster,
        RequestStats? route,
        bool emit,
        bool isInternal,
        bool completedOnly,
        ResponseStats? alternative
    )
    {
        this.info = info;
        this.cluster = cluster;
        this.virtualCluster = virtualCluster;
        this.route = route;
        this.emit = emit;
        this.isInternal = isInternal;
        this.alternative = alternative;
        CompletedOnly = completedOnly;
    }

    /// <summary>suppress_grpc_request_failure_code_stats, and the request is gRPC.</summary>
    public bool CompletedOnly { get; }

    public RetryStats Retries => new(cluster.Stats, virtualCluster, route);

    public static ResponseCharger Of(Router router, ClusterState cluster, WorkerContext context, HeaderMap head)
    {
        var selection = router.Stream.Selection;
        var vcluster = selection.VirtualHost?.VirtualClusterOf(head);
        router.Stream.Info.VirtualClusterName = vcluster?.Name ?? "";
        return new ResponseCharger(
            router.Stream.Info,
            cluster,
            context.RouteStats.VirtualCluster(selection.VirtualHost, vcluster),
            context.RouteStats.Route(selection.VirtualHost, selection.Route),
            router.Settings.DynamicStats,
            head.Get(HeaderName.XEnvoyInternal).SequenceEqual("true"u8),
            router.Settings.SuppressGrpcFailureCodeStats && GrpcMessages.IsGrpc(head),
            head.TryGet(HeaderName.XEnvoyUpstreamAltStatName, out var name) && !name.IsEmpty ? cluster.Alternative(context.Names.Get(name)) : null
        );
    }

    /// <summary>An attempt has got a connection.</summary>
    public void Selected()
    {
        virtualCluster?.UpstreamRqTotal.Increment();
        route?.UpstreamRqTotal.Increment();
    }

    /// <summary>The route timeout ended an attempt.</summary>
    public void TimedOut()
    {
        virtualCluster?.UpstreamRqTimeout.Increment();
        route?.UpstreamRqTimeout.Increment();
    }

    /// <summary>A response that stands, of the upstream or of the proxy on its behalf.</summary>
    /// <param name="response">Its headers; null for a reply of the proxy.</param>
    /// <param name="attempt">The attempt it came from or is charged to; null for none.</param>
    public void Charge(int code, HeaderMap? response, UpstreamRequest? attempt)
    {
        if (!emit || info.IsHealthCheck)
        {
            return;
        }

        var host = attempt?.Host;
        var canary = host?.Snapshot.IsCanary == true || (response is not null && response.Get(HeaderName.XEnvoyUpstreamCanary).SequenceEqual("true"u8));
        var facts = new ResponseFacts(code, isInternal, canary, host?.Snapshot.Locality.Zone ?? "", CompletedOnly);
        cluster.Stats.Responses.Charge(facts);
        alternative?.Charge(facts);
        virtualCluster?.Codes.Charge(code);
        route?.Codes.Charge(code);
        if (code is >= 500 and <= 599)
        {
            host?.Stats.Failed();
        }
    }

    /// <summary>A response has come to its end.</summary>
    public void RecordTime(UpstreamRequest attempt, long milliseconds)
    {
        if (!emit || info.IsHealthCheck)
        {
            return;
        }

        var facts = new ResponseFacts(0, isInternal, attempt.IsCanary, attempt.Host!.Snapshot.Locality.Zone, CompletedOnly);
        cluster.Stats.Responses.RecordTime(facts, milliseconds);
        alternative?.RecordTime(facts, milliseconds);
        virtualCluster?.Codes.RecordTime(milliseconds);
        route?.Codes.RecordTime(milliseconds);
    }
}
