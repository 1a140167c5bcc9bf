namespace MeshSim.ProxyRuntime.Core;

/// <summary>HealthCheckFailureType: why a check failed.</summary>
internal enum HealthCheckFailure : byte
{
    /// <summary>The host answered, but not well.</summary>
    Active,

    /// <summary>A response to a client said so.</summary>
    Passive,

    /// <summary>No connection, or it broke off.</summary>
    Network,

    NetworkTimeout,
}
