namespace MeshSim.Scenarios.Library;

/// <summary>
/// The scenarios and configurations that come with meshsim, by name. An incident <c>NAME</c> is a folder of its own with two of them: <c>NAME</c>
/// as people had it, and <c>NAME/fixed</c>. Scenarios in other folders have the folder in their names: <c>fidelity/one-worker-queue</c>.
/// </summary>
public static class ScenarioLibrary
{
    private const string Extension = ".scenario.yaml";
    private const string IncidentFolder = "incidents/";
    private const string OriginalFile = "/scenario.yaml";
    private const string FixedFile = "/fixed.yaml";
    private const string ReadmeFile = "/README.md";

    private static readonly string[] Files = [.. typeof(ScenarioLibrary).Assembly.GetManifestResourceNames().Order(StringComparer.Ordinal)];

    /// <summary>Names of the scenarios, those of incidents included, sorted.</summary>
    public static IEnumerable<string> Names =>
        Alone.Concat(Incidents.SelectMany(static incident => new[] { incident.Name, incident.FixedName })).Order(StringComparer.Ordinal);

    /// <summary>Names of the scenarios that belong to no incident, sorted.</summary>
    public static IEnumerable<string> Alone =>
        Files.Where(static file => file.EndsWith(Extension, StringComparison.Ordinal)).Select(static file => file[..^Extension.Length]);

    /// <summary>The incidents, sorted by name.</summary>
    public static IEnumerable<Incident> Incidents =>
        Files
            .Where(static file => file.StartsWith(IncidentFolder, StringComparison.Ordinal) && file.EndsWith(OriginalFile, StringComparison.Ordinal))
            .Select(static file => file[IncidentFolder.Length..^OriginalFile.Length])
            .Select(static name => new Incident(name, Read(IncidentFolder + name + ReadmeFile) ?? ""));

    /// <summary>The file a scenario is in, for messages and for <see cref="Read"/>; there need not be one.</summary>
    public static string FileName(string scenario) =>
        scenario.EndsWith(Incident.FixedSuffix, StringComparison.Ordinal) ? IncidentFolder + scenario[..^Incident.FixedSuffix.Length] + FixedFile
        : Array.BinarySearch(Files, IncidentFolder + scenario + OriginalFile, StringComparer.Ordinal) >= 0 ? IncidentFolder + scenario + OriginalFile
        : scenario + Extension;

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

    /// <summary>The text of a file that a scenario names, which is in the same folder; null if there is none.</summary>
    /// <param name="scenarioFile">As <see cref="FileName"/> gives it.</param>
    public static string? ReadBeside(string scenarioFile, string file) => Read(scenarioFile[..(scenarioFile.LastIndexOf('/') + 1)] + file);
}

/// <summary>Something that happened to people: a scenario in which it happens again, and one with what mends it.</summary>
/// <param name="Name">The scenario's name, and its folder's.</param>
/// <param name="Readme">What people saw, where they wrote of it, what the run shows; Markdown with a title.</param>
public sealed record Incident(string Name, string Readme)
{
    internal const string FixedSuffix = "/fixed";

    /// <summary>The name of the scenario with what mends it.</summary>
    public string FixedName => Name + FixedSuffix;
}
