namespace MeshSim.ProxyRuntime.Core;

/// <summary>eds_cluster_config of a cluster of type EDS: its endpoints stand in a file that is read again when it is moved into place.</summary>
/// <param name="ServiceName">service_name, or the cluster's name: what the assignment must be called.</param>
/// <param name="Path">eds_config.path_config_source.path, or the older eds_config.path.</param>
/// <param name="WatchedDirectory">path_config_source.watched_directory: any move into it has the file read again; empty: a move onto the path alone.</param>
/// <param name="InitialFetchTimeoutNs">eds_config.initial_fetch_timeout in nanoseconds, 0 = wait for ever, default 15 seconds: the cluster is ready without endpoints then.</param>
public sealed record EdsSnapshot(
    string ServiceName,
    string Path,
    string WatchedDirectory = "",
    long InitialFetchTimeoutNs = EdsSnapshot.DefaultInitialFetchTimeoutNs
)
{
    public const long DefaultInitialFetchTimeoutNs = 15 * MonotonicTime.NanosecondsPerSecond;

    /// <summary>eds_cluster_config.service_name, which <c>/clusters</c> prints; empty when not given.</summary>
    public string GivenServiceName { get; init; } = "";

    /// <summary>The folder in which a move is a reason to read the file again.</summary>
    public string Folder => WatchedDirectory.Length > 0 ? WatchedDirectory.TrimEnd('/') : FolderOf(Path);

    /// <summary>Whether the move of something to that name in <see cref="Folder"/> is.</summary>
    public bool IsToldBy(string name) => WatchedDirectory.Length > 0 || string.Equals(name, Path[(Path.LastIndexOf('/') + 1)..], StringComparison.Ordinal);

    private static string FolderOf(string path)
    {
        var slash = path.LastIndexOf('/');
        return slash < 0 ? "."
            : slash == 0 ? "/"
            : path[..slash];
    }
}
