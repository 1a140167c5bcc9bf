namespace MeshSim.ProxyRuntime.Core;

/// <summary>A config source of the kind path: resources stand in a file that is read again when it is moved into place.</summary>
/// <param name="Path">path_config_source.path, or the older path.</param>
/// <param name="WatchedDirectory">path_config_source.watched_directory: any move into it has the file read again; empty: a move onto the path alone.</param>
public record FileSourceSnapshot(string Path, string WatchedDirectory = "")
{
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
