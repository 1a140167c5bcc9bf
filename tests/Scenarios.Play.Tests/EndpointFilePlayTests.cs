using System.Text.Json.Nodes;

namespace MeshSim.Scenarios.Play.Tests;

/// <summary>Steps that replace a file which the endpoints of a cluster stand in.</summary>
public class EndpointFilePlayTests
{
    private const string Four = """{"do": "series", "n": 4}""";
    private const string Wait = """{"do": "sleep", "s": 0.1}""";
    private const string Stats = "\"cluster.svc.update_attempt\", \"cluster.svc.update_success\", \"cluster.svc.update_rejected\"";

    [Fact]
    public void A_file_that_is_replaced_is_read_again_and_one_that_is_refused_changes_nothing()
    {
        var record = Play(
            $"{Four}, {Move("eds.json", Assignment("svc", 0, 1))}, {Wait}, {Four}, {Move("eds.json", Assignment("other", 0))}, {Wait}, {Four}, {Move("eds.json", Assignment("svc"))}, {Wait}, {Four}",
            """{"path_config_source": {"path": "{tmp}/eds.json"}}"""
        );

        Assert.Equal(["e0=4", "e0=2 e1=2", "e0=2 e1=2", "503=4"], Counts(record));
        Assert.Equal(
            """{"cluster.svc.update_attempt":"4","cluster.svc.update_success":"3","cluster.svc.update_rejected":"1"}""",
            record["stats"]!.ToJsonString()
        );
    }

    /// <summary>Without watched_directory only the file itself counts, with it any move into the folder.</summary>
    [Theory]
    [InlineData("", "1")]
    [InlineData(""", "watched_directory": {"path": "{tmp}"}""", "2")]
    public void Whether_another_file_counts_says_watched_directory(string watched, string attempts)
    {
        var record = Play($"{Move("data", "\"x\"")}, {Wait}, {Four}", "{\"path_config_source\": {\"path\": \"{tmp}/eds.json\"" + watched + "}}");

        Assert.Equal(attempts, (string)record["stats"]!["cluster.svc.update_attempt"]!);
    }

    private static IEnumerable<string> Counts(JsonObject record)
    {
        Assert.True(record["ready"]!.GetValue<bool>(), record.ToJsonString());
        return record["steps"]!
            .AsArray()
            .Where(static step => step!["counts"] is not null)
            .Select(static step =>
                string.Join(' ', step!["counts"]!.AsObject().Select(static count => $"{count.Key}={count.Value}").Order(StringComparer.Ordinal))
            );
    }

    private static JsonObject Play(string steps, string source)
    {
        var text = Cases
            .Text(["", ""], steps, more: $"\"files\": {{\"eds.json\": {Assignment("svc", 0)}}}, \"stats\": [{Stats}]")
            .Replace("\"STATIC\"", $"\"EDS\", \"eds_cluster_config\": {{\"eds_config\": {source}}}", StringComparison.Ordinal);
        return CasePlayer.Play(Assert.Single(CaseLoader.Load($"[{text}]", "cases.json")), seed: 1);
    }

    private static string Move(string name, string content) => $$"""{"do": "file", "name": "{{name}}", "content": {{content}}}""";

    private static string Assignment(string cluster, params int[] endpoints)
    {
        const string Host = """{"endpoint": {"address": {"socket_address": {"address": "127.0.0.1", "port_value": PORT}}}}""";
        var hosts = endpoints.Select(static number => Host.Replace("PORT", $"{21_001 + number}", StringComparison.Ordinal));
        return $$"""
            {"version_info": "1", "resources": [{
              "@type": "type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment",
              "cluster_name": "{{cluster}}", "endpoints": [{"lb_endpoints": [{{string.Join(", ", hosts)}}]}]
            }]}
            """;
    }
}
