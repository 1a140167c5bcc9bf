namespace MeshSim.Silo;

/// <summary>Files the user names.</summary>
internal static class InputFile
{
    /// <exception cref="BadInputException">It cannot be read.</exception>
    public static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new BadInputException($"cannot read '{path}': {e.Message}", e);
        }
    }
}
