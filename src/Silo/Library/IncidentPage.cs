using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using MeshSim.Scenarios.Library;
using MeshSim.Scenarios.Model;

namespace MeshSim.Silo;

/// <summary>The page about incidents, made from what the library says of them.</summary>
internal static class IncidentPage
{
    /// <summary>Where its charts are, beside the page.</summary>
    public const string ImageFolder = "images/incidents";

    /// <summary>Where the incidents are, from the page.</summary>
    private const string SourceFolder = "../src/Scenarios/Library/files/incidents";

    private const string Introduction = """
        # Incidents

        What people had with Envoy and Istio and wrote of in public, each as a scenario in which it happens again, and one with what mends it.
        What is expected of a run comes from the report or from arithmetic that its text names, not from what came out; a test runs them all and
        checks that each variant meets its own expectations and fails the other's.

        ```
        meshsim run NAME              # as people had it
        meshsim run NAME/fixed        # with what mends it
        meshsim test-library NAME     # both, checked, with the chart; without a name all of the library
        meshsim test-library --docs docs/incidents.md     # writes this page and its charts
        ```

        A chart shows what the first expectation speaks of that only the incident meets; dashed: what is expected of it; shaded: faults.


        """;

    public static string Markdown()
    {
        var incidents = ScenarioLibrary
            .Incidents.Select(static incident => (Incident: incident, Original: Load(incident.Name), Fixed: Load(incident.FixedName)))
            .ToImmutableArray();
        var text = new StringBuilder(Introduction);
        _ = text.Append("| incident | |\n|---|---|\n");
        foreach (var (incident, original, _) in incidents)
        {
            _ = text.Append(CultureInfo.InvariantCulture, $"| [{incident.Name}](#{incident.Name}) | {original.Description} |\n");
        }

        foreach (var (incident, original, mended) in incidents)
        {
            var (title, body) = Parts(incident.Readme);
            _ = text.Append(CultureInfo.InvariantCulture, $"\n## {incident.Name}\n\n**{title}** – [files]({SourceFolder}/{incident.Name})\n\n{body}\n")
                .Append(CultureInfo.InvariantCulture, $"\n![{incident.Name}: as it was, and fixed]({ImageFolder}/{incident.Name}.png)\n")
                .Append("\n| expected | as it was | fixed |\n|---|---|---|\n");
            foreach (var expectation in original.Expectations.Concat(mended.Expectations).Select(static one => one.Text).Distinct(StringComparer.Ordinal))
            {
                _ = text.Append(CultureInfo.InvariantCulture, $"| `{expectation}` | {Mark(original, expectation)} | {Mark(mended, expectation)} |\n");
            }
        }

        return text.ToString();
    }

    private static string Mark(Scenario scenario, string expectation) => scenario.Expectations.Any(one => one.Text == expectation) ? "✓" : "";

    private static Scenario Load(string name) => ScenarioSource.Open(name).Result.Scenario!;

    /// <summary>The title of a README, and what stands below it.</summary>
    private static (string Title, string Body) Parts(string readme)
    {
        var end = readme.IndexOf('\n', StringComparison.Ordinal);
        return (readme[..end].TrimStart('#', ' '), readme[end..].Trim());
    }
}
