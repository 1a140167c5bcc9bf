namespace MeshSim.Scenarios.Library;

/// <summary>The scenarios and configurations that come with meshsim, by name.</summary>
public static class ScenarioLibrary
{
    private const string Extension = ".scenario.yaml";

    /// <summary>Names of the scenarios, sorted.</summary>
    public static IEnumerable<string> Names =>
        typeof(ScenarioLibrary)
            .Assembly.GetManifestResourceNames()
            .Where(static name => name.EndsWith(Extension, StringComparison.Ordinal))
            .Select(static name => name[..^Extension.Length])
            .Order(StringComparer.Ordinal);

    /// <summary>The file name of a scenario, for messages.</summary>
    public static string FileName(string scenario) => scenario + Extension;

    /// <summary>The text of a file of the library, or null if there is none of that name.</summary>
    public static string? Read(string file)
    {
        using var stream = typeof(ScenarioLibrary).Assembly.GetManifestResourceStream(file);
        if (stream is null)
        {
            return null;
        }

        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
