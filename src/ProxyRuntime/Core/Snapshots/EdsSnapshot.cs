namespace MeshSim.ProxyRuntime.Core;

/// <summary>eds_cluster_config of a cluster of type EDS: its endpoints stand in a file that is read again when it is moved into place.</summary>
/// <param name="ServiceName">service_name, or the cluster's name: what the assignment must be called.</param>
/// <param name="InitialFetchTimeoutNs">eds_config.initial_fetch_timeout in nanoseconds, 0 = wait for ever, default 15 seconds: the cluster is ready without endpoints then.</param>
public sealed record EdsSnapshot(
    string ServiceName,
    string Path,
    string WatchedDirectory = "",
    long InitialFetchTimeoutNs = EdsSnapshot.DefaultInitialFetchTimeoutNs
) : FileSourceSnapshot(Path, WatchedDirectory)
{
    public const long DefaultInitialFetchTimeoutNs = 15 * MonotonicTime.NanosecondsPerSecond;

    /// <summary>eds_cluster_config.service_name, which <c>/clusters</c> prints; empty when not given.</summary>
    public string GivenServiceName { get; init; } = "";
}
