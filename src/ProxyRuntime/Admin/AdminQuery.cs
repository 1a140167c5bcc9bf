namespace MeshSim.ProxyRuntime.Admin;

/// <summary>Query parameters of an admin page.</summary>
public static class AdminQuery
{
    /// <param name="query">What stands behind the question mark.</param>
    /// <returns>By name, decoded; of those given twice the first.</returns>
    public static IReadOnlyDictionary<string, string> Parse(string query) =>
        query
            .Split('&', StringSplitOptions.RemoveEmptyEntries)
            .Select(static pair => pair.Split('=', 2))
            .DistinctBy(static pair => pair[0], StringComparer.Ordinal)
            .ToDictionary(static pair => pair[0], static pair => pair.Length > 1 ? Uri.UnescapeDataString(pair[1]) : "", StringComparer.Ordinal);
}
