namespace MeshSim.ProxyRuntime.Core;

/// <summary>config.core.v3.GrpcService with envoy_grpc: a service that the proxy calls through one of its clusters.</summary>
/// <param name="Cluster">envoy_grpc.cluster_name.</param>
public sealed record GrpcServiceSnapshot(string Cluster)
{
    /// <summary>envoy_grpc.authority; empty: the name of the cluster.</summary>
    public string Authority { get; init; } = "";

    /// <summary>timeout in nanoseconds, all attempts together, 0 = none. Null: not given, the caller has its own default.</summary>
    public long? TimeoutNs { get; init; }

    /// <summary>initial_metadata: headers to add, by default in place of those that are there; their formats see the request that is under way.</summary>
    public HeaderMutations InitialMetadata { get; init; } = HeaderMutations.None;

    /// <summary>retry_policy; null for none. That of envoy_grpc is for streams that are opened anew.</summary>
    public RetryPolicySnapshot? RetryPolicy { get; init; }

    /// <summary>envoy_grpc.max_receive_message_length in bytes. Default 0 = no limit.</summary>
    public int MaxReceiveMessageLength { get; init; }

    /// <summary>envoy_grpc.skip_envoy_headers: no x-envoy-internal and no x-forwarded-for. Default false.</summary>
    public bool SkipEnvoyHeaders { get; init; }
}
