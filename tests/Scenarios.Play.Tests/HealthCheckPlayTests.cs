using System.Text.Json.Nodes;

namespace MeshSim.Scenarios.Play.Tests;

/// <summary>Health checks byte by byte in virtual time.</summary>
public class HealthCheckPlayTests
{
    private const string Well = "\"default\": {\"health_path\": \"/healthz\"}";
    private const string Series = """{"do": "series", "n": 10}""";
    private const string Wait = """{"do": "sleep", "s": 2.6}""";

    [Theory]
    [InlineData("\"http_health_check\": {\"path\": \"/healthz\"}")]
    [InlineData("\"http_health_check\": {\"path\": \"/healthz\"}, \"reuse_connection\": false")]
    public void An_endpoint_that_answers_badly_is_left_out_until_it_answers_well(string kind)
    {
        var steps = $$$"""
            {{{Series}}}, {"do": "script", "endpoint": "e0", "default": {"health_path": "/healthz", "healthy": false}}, {{{Wait}}}, {{{Series}}},
            {"do": "script", "endpoint": "e0", {{{Well}}}}, {{{Wait}}}, {{{Series}}}
            """;
        var record = Play(steps, kind);

        Assert.Equal(["e0 5 e1 5", "e1 10", "e0 5 e1 5"], Counts(record));
        Assert.Equal("""{"cluster.svc.membership_healthy":"2"}""", record["stats"]!.ToJsonString());
    }

    [Fact]
    public void An_endpoint_that_is_gone_is_left_out_until_it_is_back()
    {
        var steps = $$"""{{Series}}, {"do": "stop", "endpoint": "e0"}, {{Wait}}, {{Series}}, {"do": "start", "endpoint": "e0"}, {{Wait}}, {{Series}}""";

        Assert.Equal(["e0 5 e1 5", "e1 10", "e0 5 e1 5"], Counts(Play(steps, "\"tcp_health_check\": {}")));
    }

    [Fact]
    public void Pages_show_what_checks_found()
    {
        var page = Cases.Step(
            Play(
                """{"do": "stop", "endpoint": "e1"}, {"do": "sleep", "s": 1}, {"do": "admin", "path": "/clusters", "grep": "health_flags"}""",
                "\"tcp_health_check\": {}"
            ),
            2
        );

        Assert.Equal("svc::127.0.0.1:21001::health_flags::healthy\nsvc::127.0.0.1:21002::health_flags::/failed_active_hc", (string)page["body"]!);
    }

    private static JsonObject Play(string steps, string kind) =>
        Cases.Play(
            [Well, Well],
            steps,
            more: "\"stats\": [\"cluster.svc.membership_healthy\"]",
            cluster: $"\"health_checks\": [{{\"timeout\": \"0.3s\", \"interval\": \"0.2s\", \"no_traffic_interval\": \"0.2s\", \"unhealthy_threshold\": 2, \"healthy_threshold\": 2, {kind}}}]"
        );

    private static IEnumerable<string> Counts(JsonObject record) =>
        record["steps"]!
            .AsArray()
            .Select(static step => step!["counts"])
            .OfType<JsonObject>()
            .Select(static counts =>
                string.Join(' ', counts.OrderBy(static entry => entry.Key, StringComparer.Ordinal).Select(static entry => $"{entry.Key} {entry.Value}"))
            );
}
