using System.Collections.Immutable;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>What became of one request, from its headers to its log line, and why.</summary>
public sealed record Explanation
{
    public required ExplainRequest Request { get; init; }

    public required ListenerSnapshot Listener { get; init; }

    /// <summary>The request as it came.</summary>
    public required HeaderSnapshot Received { get; init; }

    /// <summary>The request as the connection manager left it: as the first filter got it, or as it was when it was answered before.</summary>
    public required HeaderSnapshot Accepted { get; init; }

    /// <summary>Each time a route was looked for; none if the request was answered before.</summary>
    public ImmutableArray<RouteLookup> Lookups { get; init; } = [];

    /// <summary>The filters in decode order; none if the request did not reach them. After a redirect within the proxy, once more.</summary>
    public ImmutableArray<FilterStep> Filters { get; init; } = [];

    /// <summary>How the router went about it; null if it did not come to that.</summary>
    public RoutePlan? Plan { get; init; }

    /// <summary>The descriptors that the rate limits of route and virtual host make of the request, as the first filter gets it.</summary>
    public ImmutableArray<RateLimitText> RateLimits { get; init; } = [];

    public ImmutableArray<UpstreamTry> Tries { get; init; } = [];

    /// <summary>The requests that the proxy made itself.</summary>
    public ImmutableArray<OwnCall> Calls { get; init; } = [];

    /// <summary>The answer of the proxy's own; null if the upstream's went to the client.</summary>
    public OwnReply? Reply { get; init; }

    /// <summary>The headers of the answer on their way back: who had them, and how they were left.</summary>
    public ImmutableArray<ResponseStep> Response { get; init; } = [];

    /// <summary>Null if the request was not over after <see cref="RequestExplainer.MaxDurationNs"/>.</summary>
    public RequestOutcome? Outcome { get; init; }
}

/// <summary>A route was looked for.</summary>
/// <param name="By">The filter that asked for it; empty for the connection manager.</param>
/// <param name="Search">How it was found.</param>
/// <param name="Cluster">The cluster it leads to; empty where it does not forward, or where the header that is to name one is absent.</param>
/// <param name="Weighted">Which of weighted_clusters was chosen; null without any.</param>
/// <param name="ClusterKnown">There is such a cluster.</param>
public sealed record RouteLookup(string By, RouteSearch Search, string Cluster, WeightedCluster? Weighted, bool ClusterKnown);

/// <summary>One filter of the chain.</summary>
public sealed record FilterStep
{
    /// <summary>HttpFilter.name.</summary>
    public required string Name { get; init; }

    public required FilterOutcome Outcome { get; init; }

    /// <summary>It only stands in for one that is not supported.</summary>
    public bool IsPassThrough { get; init; }

    /// <summary>How long it held the request, in nanoseconds.</summary>
    public long HeldNs { get; init; }

    /// <summary>What it changed in the request.</summary>
    public ImmutableArray<HeaderChange> Changes { get; init; } = [];

    /// <summary>The dynamic metadata it set: namespace and content.</summary>
    public ImmutableArray<(string Namespace, string Json)> Metadata { get; init; } = [];
}

/// <summary>What a filter did with a request.</summary>
public enum FilterOutcome : byte
{
    /// <summary>It let the request go on.</summary>
    Continues,

    /// <summary>It is switched off, in the chain or by the route.</summary>
    Skipped,

    /// <summary>It answered itself.</summary>
    Answers,

    /// <summary>The router: it sent the request on.</summary>
    Forwards,

    /// <summary>It stopped the request and did not let it go on.</summary>
    Holds,
}

/// <summary>A request the proxy made itself.</summary>
/// <param name="By">The filter that made it; empty where it was not made for this request.</param>
/// <param name="IsMirror">A copy of the request, whose answer nobody waits for.</param>
/// <param name="Cluster">Where to.</param>
/// <param name="Host">The host it went to; empty if the cluster had none.</param>
/// <param name="AtNs">When, since the request came, in nanoseconds; negative before it.</param>
/// <param name="Headers">As sent.</param>
/// <param name="Answer">What it is taken to be answered.</param>
public sealed record OwnCall(string By, bool IsMirror, string Cluster, string Host, long AtNs, HeaderSnapshot Headers, string Answer);

/// <summary>The request at one host.</summary>
/// <param name="Host">Its name, or address.</param>
/// <param name="Address">Its address; one of documentation where it stands for a name.</param>
/// <param name="AtNs">When it was sent, since the request came, in nanoseconds.</param>
/// <param name="Headers">As sent.</param>
/// <param name="Status">What it is taken to be answered; 0 if it was given up before.</param>
public sealed record UpstreamTry(string Host, string Address, long AtNs, HeaderSnapshot Headers, int Status);

/// <summary>An answer of the proxy's own.</summary>
/// <param name="By">The filter that gave it; empty for the connection manager.</param>
/// <param name="Status">The status it began with; local_reply_config may have changed it.</param>
/// <param name="Details">response_code_details.</param>
/// <param name="Flag">The response flag it set; empty for none.</param>
public sealed record OwnReply(string By, int Status, string Details, string Flag);

/// <summary>The headers of the answer at one point of the way back.</summary>
/// <param name="By">Who had them: <c>upstream</c>, a filter, <c>connection manager</c>.</param>
/// <param name="Headers">As they were left.</param>
public sealed record ResponseStep(string By, HeaderSnapshot Headers);

/// <summary>How the request ended, as access logs have it.</summary>
public sealed record RequestOutcome
{
    public required int Status { get; init; }

    /// <summary>Short names in the order they were set.</summary>
    public ImmutableArray<string> Flags { get; init; } = [];

    public string Details { get; init; } = "";

    public string RouteName { get; init; } = "";

    public long DurationNs { get; init; }

    public long BytesReceived { get; init; }

    public long BytesSent { get; init; }

    /// <summary>The body of an answer of the proxy's own, as text.</summary>
    public string Body { get; init; } = "";

    /// <summary>The connection was closed after it.</summary>
    public bool Closes { get; init; }
}
