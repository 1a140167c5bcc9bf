namespace MeshSim.ProxyRuntime.Core;

/// <summary>What one request asks of the balancer: subset, hash, hosts to avoid; and the cookies a hash policy made on the way. Reused with its router.</summary>
internal sealed class HostChoice(WorkerContext context) : IBalancedRequest
{
    private readonly LoadBalancerContext balancing = new();
    private readonly List<string> newCookies = [];
    private readonly MetadataMerges merges = new();
    private RequestStream stream = null!;
    private RouteAction action = null!;

    /// <summary>Which hosts of the cluster are meant; null for any.</summary>
    public MetadataValue? Subset => balancing.MetadataMatch;

    /// <summary>The last choice was made whatever the health of hosts.</summary>
    public bool InPanic => balancing.InPanic;

    /// <summary>A filter had a host in mind at the last choice.</summary>
    public bool HostIsWanted => balancing.Override is { Address.IsEmpty: false };

    public void Begin(RequestStream request)
    {
        stream = request;
        newCookies.Clear();
    }

    public HostState? First(ClusterState cluster, RouteAction route)
    {
        action = route;
        balancing.Begin(route.RetryPolicy, this);
        balancing.MetadataMatch = MetadataMatch();
        return cluster.ChooseHost(balancing);
    }

    public HostState? Again(ClusterState cluster)
    {
        balancing.IsRetry = true;
        return cluster.ChooseHost(balancing);
    }

    /// <summary>The request chosen for is about to begin: connections for those after it.</summary>
    public void Preconnect(ClusterState cluster) => cluster.Preconnect(balancing, action.Priority, stream.RequestHeaders);

    public void OnHostAttempted(HostState host) => balancing.OnHostAttempted(host);

    /// <summary>The client is to send the new cookies from now on.</summary>
    public void WriteCookies(HeaderMap response)
    {
        foreach (var cookie in newCookies)
        {
            response.Add(HeaderName.SetCookie, LocalReply.Text(cookie));
        }
    }

    HeaderMap IBalancedRequest.Headers => stream.RequestHeaders;

    DynamicMetadata IBalancedRequest.Metadata => stream.Info.DynamicMetadata;

    OverrideHost? IBalancedRequest.OverrideHost => stream.OverrideHost;

    ulong? IBalancedRequest.ComputeHash() =>
        action.HashPolicies.IsEmpty
            ? null
            : HashPolicies.Hash(action.HashPolicies, stream.RequestHeaders, stream.Info, context.Scratch, stream is ActiveStream ? newCookies : null);

    /// <summary>Which subset of the hosts: what filters noted under <c>envoy.lb</c> over what the weighted cluster says over what the route says.</summary>
    private MetadataValue? MetadataMatch() =>
        Over(Over(action.MetadataMatch, stream.Selection.Weighted?.MetadataMatch), stream.Info.DynamicMetadata.Get("envoy.lb"));

    private MetadataValue? Over(MetadataValue? match, MetadataValue? over) =>
        match is null ? over
        : over is null ? match
        : merges.Merge(match, over);
}
