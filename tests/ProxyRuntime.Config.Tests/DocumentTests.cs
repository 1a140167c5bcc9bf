namespace MeshSim.ProxyRuntime.Config.Tests;

/// <summary>YAML and JSON as documents, before their fields mean anything.</summary>
public class DocumentTests
{
    [Fact]
    public void Anchors_stand_for_what_they_name_and_mistakes_in_them_are_told_where_they_count()
    {
        var result = Load(
            """
            static_resources:
              clusters:
              - &base
                name: a
                connect_timeout: 3s
                circuit_breakers: &limits {thresholds: [{max_pending: 5}]}
              - name: b
                circuit_breakers: *limits
            """
        );

        Assert.Equal(
            [
                "static_resources.clusters[0].circuit_breakers.thresholds[0].max_pending",
                "static_resources.clusters[1].circuit_breakers.thresholds[0].max_pending",
            ],
            result.Problems.Select(problem => problem.Path)
        );
        Assert.All(result.Problems, problem => Assert.Equal((6, 46), (problem.Line, problem.Column)));
    }

    [Fact]
    public void Merge_keys_give_way_to_what_is_written_beside_them()
    {
        var clusters = Load(
            """
            !ignore defaults: &defaults {connect_timeout: 3s, lb_policy: RANDOM, name: nobody}
            !ignore more: &more {connect_timeout: 9s, dns_refresh_rate: 8s}
            static_resources:
              clusters:
              - {<<: *defaults, name: a}
              - {name: b, connect_timeout: 4s, <<: [*defaults, *more]}
            """
        ).Snapshot!.Clusters;

        Assert.Equal(("a", 3_000_000_000, "RANDOM"), (clusters[0].Name, clusters[0].ConnectTimeoutNs, clusters[0].LoadBalancing.Policy.Name));
        Assert.Equal(("b", 4_000_000_000, 8_000_000_000), (clusters[1].Name, clusters[1].ConnectTimeoutNs, clusters[1].DnsRefreshRateNs));
    }

    [Theory]
    [InlineData("node: {id: !!str 5}", "5")]
    [InlineData("node: {id: !x 5}", "5")]
    [InlineData("node: {id: '5'}", "5")]
    [InlineData("node: {id: 5000000000}", "5000000000")]
    [InlineData("node: {id: 1.5}", "1.5")]
    [InlineData("node: {id: |\n  two\n  lines}", null)]
    [InlineData("node:\n  id: >-\n    two\n    lines", "two lines")]
    [InlineData("%YAML 1.2\n---\nnode: {id: x}\n...\n", "x")]
    [InlineData("\uFEFFnode: {id: x} # a comment", "x")]
    [InlineData("{\"node\":{\"id\":\"x\"}}", "x")]
    public void Scalars_of_yaml(string text, string? id) => Assert.Equal(id, Load(text).Snapshot?.Node.Id);

    [Theory]
    [InlineData("node: {id: 5}", 1, 12, "expected a string, found a number '5'; put it in quotes")]
    [InlineData("node: {id: yes}", 1, 12, "expected a string, found a boolean 'yes'; put it in quotes")]
    [InlineData("node: {<<: 5}", 1, 8, "not valid YAML: '<<' takes an object or a list of objects")]
    [InlineData("node: {id: a, id: b}", 1, 15, "not valid YAML: key 'id' stands here twice")]
    [InlineData("node: {? [a] : b}", 1, 10, "not valid YAML: a key must be a plain word")]
    [InlineData("node: {id: *ab}\n", 1, 12, "not valid YAML: unknown anchor 'ab'")]
    [InlineData("node: {}\n---\nnode: {}", 2, 1, "not valid YAML: more than one document; one is accepted")]
    [InlineData("just words", 1, 1, "expected an object (Bootstrap), found a string")]
    [InlineData("", 1, 1, "the configuration is empty; accepted is an object, {} at least")]
    [InlineData(" \n\n", 1, 1, "the configuration is empty; accepted is an object, {} at least")]
    public void Broken_yaml_is_told_with_its_place(string text, int line, int column, string message)
    {
        var problem = Assert.Single(Load(text).Problems);

        Assert.Equal((line, column, message), (problem.Line, problem.Column, problem.Message));
    }

    [Theory]
    [InlineData("{\n  \"node\": {\"ident\": 5}}", 2, 12, "unknown field 'ident'")]
    [InlineData("{\"äöü\": 1, \"x\": 2}", 1, 2, "unknown field 'äöü'")]
    [InlineData("{\"node\": {\"id\": 5}}", 1, 17, "expected a string, found a number '5'")]
    [InlineData("{\"node\": {\"id\": \"a\", \"id\": \"b\"}}", 1, 22, "not valid JSON: key 'id' stands here twice")]
    [InlineData("{\"node\": {},}", 1, 13, "not valid JSON: The JSON object contains a trailing comma")]
    [InlineData("{\"node\": {}} x", 1, 14, "not valid JSON: 'x' is invalid after a single JSON value")]
    [InlineData("{node: {}}", 1, 2, "not valid JSON: 'n' is an invalid start of a property name")]
    [InlineData("{\"node\": {\"id\": yes}}", 1, 17, "not valid JSON: 'y' is an invalid start of a value")]
    [InlineData("// a comment\n{}", 1, 1, "not valid JSON: '/' is an invalid start of a value")]
    public void Json_files_are_read_strictly(string text, int line, int column, string message)
    {
        var problem = BootstrapLoader.Load(text, "c.json").Problems[0];

        Assert.Equal((line, column), (problem.Line, problem.Column));
        Assert.StartsWith(message, problem.Message);
    }

    [Fact]
    public void Json_numbers_keep_their_meaning() =>
        Assert.Empty(
            BootstrapLoader.Load("{\"stats_flush_interval\": {\"seconds\": \"5\", \"nanos\": 1e3}, \"node\": {\"id\": \"\\ud83d\\ude00\"}}", "c.json").Problems
        );

    private static ConfigResult Load(string text) => BootstrapLoader.Load(text, "c.yaml");
}
