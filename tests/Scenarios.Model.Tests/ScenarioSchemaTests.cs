using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace MeshSim.Scenarios.Model.Tests;

public class ScenarioSchemaTests
{
    private const string Begin = "<!-- fields: made by UPDATE_DOCS=1 dotnet test tests/Scenarios.Model.Tests -->\n";

    /// <summary>Each object has a field that nobody knows.</summary>
    private const string Everything = """
        name: all
        duration: 60s
        network: {zzz: 1, between: [{zones: [a, b], zzz: 1}]}
        proxies: [{name: p, config_inline: "static_resources: {}", zzz: 1}]
        nodes: [{name: n, cpus: 2, zzz: 1}]
        services:
          - name: s
            service_time: {lognormal: 1ms, zzz: 1}
            warm_up: {factor: 2, over: 1s, zzz: 1}
            sidecar: {proxy: p, zzz: 1}
            ext_authz: {deny: [{method: GET, zzz: 1}], zzz: 1}
            calls: [{to: s, zzz: 1}, {work: 1ms, zzz: 1}, {parallel: [{to: s, zzz: 1}], zzz: 1}]
            routes: [{prefix: /, zzz: 1}]
            zzz: 1
        load:
          - {to: p, rate: 1/s, zzz: 1, zipf: {header: h, keys: 2, zzz: 1}, people: {count: 2, zzz: 1}, retries: {zzz: 1}, requests: [{zzz: 1}]}
          - {to: p, users: 3, think_time: {exponential: 1s}, patience: 1s, zzz: 1}
          - {to: p, trace: t, zzz: 1}
          - {to: p, ramp: {from: 1/s, to: 2/s, over: 1s, zzz: 1}}
          - {to: p, rate: 1/s, bursts: {zzz: 1}, diurnal: {zzz: 1}}
          - {to: p, steps: [{zzz: 1}]}
        faults:
          - error_rate: {zzz: 1}
          - slow: {zzz: 1}
          - down: {zzz: 1}
          - crash: {zzz: 1}
          - hang: {zzz: 1}
          - refuse: {zzz: 1}
          - gc_pause: {zzz: 1}
          - cpu_steal: {zzz: 1}
          - latency: {zzz: 1}
          - packet_loss: {zzz: 1}
          - partition: {zzz: 1}
          - zone_loss: {zzz: 1}
          - dns_failure: {zzz: 1}
        changes:
          - scale: {zzz: 1}
          - rollout: {zzz: 1}
          - autoscaler: {zzz: 1}
        endpoints: [{proxy: p, cluster: c, at: 1s, zzz: 1}]
        routes: [{proxy: p, at: 1s, zzz: 1}]
        zzz: 1
        """;

    private const string Short = """
        name: short
        duration: 60s
        mesh:
          policies: {zzz: 1, retries: {zzz: 1}, outlier: {zzz: 1}, breakers: {zzz: 1}}
          gateway: {to: m, zzz: 1}
          sidecar: {zzz: 1}
          services: [{name: m, service_time: 1ms, policies: {zzz: 1}}]
          zzz: 1
        load: [{to: gateway, rate: 1/s}]
        """;

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

    /// <summary>The error for a field that nobody knows names those that are read: the schema has to have all of them.</summary>
    [Theory]
    [InlineData(Everything, 40)]
    [InlineData(Short, 8)]
    public void What_is_read_stands_in_the_schema(string text, int least)
    {
        var schema = JsonNode.Parse(ScenarioSchema.Json())!;
        var unknown = ScenarioLoader
            .Load(text, "all.yaml", static _ => "1")
            .Problems.Where(static one => one.Message.StartsWith("unknown field 'zzz'", StringComparison.Ordinal));

        var missing = unknown.SelectMany(one => Read(one.Message).Except(Described(schema, one.Path)).Select(field => $"{one.Path}: {field}")).ToArray();

        Assert.True(unknown.Count() >= least);
        Assert.Equal("", string.Join(" ", missing));

        static string[] Read(string message) => message[(message.IndexOf("accepted: ", StringComparison.Ordinal) + 10)..].Split(", ");
    }

    /// <summary>The names of the fields of an object.</summary>
    /// <param name="path">Of one of them, <c>services[0].warm_up.factor</c>.</param>
    private static HashSet<string> Described(JsonNode schema, string path)
    {
        var at = Options(schema, schema).ToArray();
        foreach (var name in path.Split('.')[..^1].Select(static part => part.Split('[')[0]))
        {
            at = [.. at.Select(option => option["properties"]?[name]).OfType<JsonNode>().SelectMany(inner => Options(schema, inner))];
        }

        return [.. at.SelectMany(static option => option["properties"]?.AsObject() ?? []).Select(static property => property.Key)];
    }

    /// <summary>What a value may be, in lists too.</summary>
    private static IEnumerable<JsonNode> Options(JsonNode schema, JsonNode node) =>
        node["anyOf"] is JsonArray any ? any.SelectMany(option => Options(schema, option!))
        : node["items"] is { } items ? Options(schema, items)
        : (string?)node["$ref"] is { } name ? Options(schema, schema["$defs"]![name.Split('/')[^1]]!)
        : [node];

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
