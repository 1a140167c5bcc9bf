using System.Reflection;
using MeshSim.Scenarios.Library;

namespace MeshSim.Silo.Tests;

/// <summary>docs/incidents.md is made from the library.</summary>
public class IncidentPageTests
{
    private const int MostBytes = 60_000;

    internal static string Docs =>
        Path.Combine(
            typeof(IncidentPageTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(static entry => entry.Key == "Root").Value!,
            "docs"
        );

    [Fact]
    public void The_page_is_up_to_date() =>
        Assert.True(
            IncidentPage.Markdown() == File.ReadAllText(Path.Combine(Docs, "incidents.md")),
            "docs/incidents.md is stale; write it anew with: ./meshsim test-library --docs docs/incidents.md"
        );

    [Fact]
    public void Every_incident_has_a_small_chart_and_nothing_else_has()
    {
        var charts = new DirectoryInfo(Path.Combine(Docs, IncidentPage.ImageFolder)).GetFiles();

        Assert.Equal(
            ScenarioLibrary.Incidents.Select(static incident => $"{incident.Name}.png"),
            charts.Select(static chart => chart.Name).Order(StringComparer.Ordinal)
        );
        Assert.All(charts, static chart => Assert.InRange(chart.Length, 1_000, MostBytes));
    }

    public static TheoryData<string> Incidents => [.. ScenarioLibrary.Incidents.Select(static incident => incident.Name)];

    [Theory]
    [MemberData(nameof(Incidents))]
    public void An_incident_has_a_title_a_source_and_variants_called_after_it(string name)
    {
        var incident = ScenarioLibrary.Incidents.Single(incident => incident.Name == name);
        var lines = incident.Readme.TrimEnd().Split('\n');

        Assert.StartsWith("# ", lines[0], StringComparison.Ordinal);
        Assert.InRange(lines.Length, 8, 20);
        Assert.Contains("](https://", incident.Readme, StringComparison.Ordinal);
        Assert.Equal(name, ScenarioSource.Open(name).Result.Scenario!.Name);
        Assert.Equal($"{name}-fixed", ScenarioSource.Open(incident.FixedName).Result.Scenario!.Name);
    }
}
