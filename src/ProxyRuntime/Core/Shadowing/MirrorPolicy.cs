namespace MeshSim.ProxyRuntime.Core;

/// <summary>RequestMirrorPolicy: a copy of some requests goes to another cluster; its answer is not waited for.</summary>
public sealed record MirrorPolicy
{
    /// <summary>cluster; empty where <see cref="ClusterHeader"/> names it.</summary>
    public string Cluster { get; init; } = "";

    /// <summary>cluster_header; null where <see cref="Cluster"/> is given.</summary>
    public HeaderName? ClusterHeader { get; init; }

    /// <summary>runtime_fraction; all requests by default.</summary>
    public RuntimeFraction Fraction { get; init; } = RuntimeFraction.Always;

    /// <summary>disable_shadow_host_suffix_append. Default false: the host gets <c>-shadow</c> before its port.</summary>
    public bool DisableShadowHostSuffix { get; init; }

    /// <summary>request_headers_mutations.</summary>
    public HeaderMutationList RequestHeaders { get; init; } = HeaderMutationList.None;

    /// <summary>host_rewrite_literal; empty for none.</summary>
    public string HostRewriteLiteral { get; init; } = "";
}
