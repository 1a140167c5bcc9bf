using System.Reflection;
using System.Text.Json;

namespace MeshSim.Scenarios.Model.Tests;

public class ScenarioSchemaTests
{
    private const string Begin = "<!-- fields: made by UPDATE_DOCS=1 dotnet test tests/Scenarios.Model.Tests -->\n";

    private static string Root =>
        typeof(ScenarioSchemaTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(static entry => entry.Key == "Root").Value!;

    /// <summary>The page says what the loader asks for.</summary>
    [Fact]
    public void The_page_of_fields_is_up_to_date()
    {
        var file = Path.Combine(Root, "docs", "scenarios.md");
        var page = File.ReadAllText(file);
        var written = page[..(page.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length)] + ScenarioFieldsPage.Markdown();
        if (Environment.GetEnvironmentVariable("UPDATE_DOCS") == "1")
        {
            File.WriteAllText(file, written);
        }

        Assert.Equal(written, File.ReadAllText(file));
    }

    [Fact]
    public void The_schema_knows_every_field_and_its_bounds()
    {
        using var schema = JsonDocument.Parse(ScenarioSchema.Json());
        var properties = schema.RootElement.GetProperty("properties");
        var service = properties.GetProperty("services").GetProperty("anyOf")[0].GetProperty("items");

        Assert.Equal(["name", "service_time"], service.GetProperty("required").EnumerateArray().Select(static name => name.GetString()));
        Assert.Equal(100_000, service.GetProperty("properties").GetProperty("workers").GetProperty("anyOf")[0].GetProperty("maximum").GetInt32());
        Assert.Equal("#/$defs/time", service.GetProperty("properties").GetProperty("service_time").GetProperty("anyOf")[1].GetProperty("$ref").GetString());
        Assert.True(schema.RootElement.GetProperty("$defs").GetProperty("time").GetProperty("properties").TryGetProperty("weibull", out _));
        var faults = properties.GetProperty("faults").GetProperty("anyOf")[0].GetProperty("items").GetProperty("properties");
        Assert.Equal(13, faults.EnumerateObject().Count());
    }
}
