using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace MeshSim.Scenarios.Play.Tests;

public class PlayTests
{
    private const string Get = """{"do": "request", "path": "/a"}""";

    [Fact]
    public void A_request_is_told_with_answer_and_what_the_endpoint_saw()
    {
        var step = Cases.Step(Cases.Play([""], """{"do": "request", "method": "POST", "path": "/a?b", "headers": {"x-a": "1"}, "body": "hello"}"""), 0);

        var response = step["response"]!;
        Assert.Equal((200, "e0"), ((int)response["status"]!, (string)response["body"]!));
        Assert.Equal("""[["content-length","2"],["date","<set>"],["server","envoy"],["x-envoy-upstream-service-time","<int>"]]""", Json(response["headers"]!));
        var seen = Assert.Single(step["upstream"]!.AsArray())!;
        Assert.Equal(("e0", "POST", "/a?b", "hello"), ((string)seen["endpoint"]!, (string)seen["method"]!, (string)seen["path"]!, (string)seen["body"]!));
        Assert.Contains("""["x-a","1"]""", Json(seen["headers"]!), StringComparison.Ordinal);
        Assert.Contains("""["host","svc.local"]""", Json(seen["headers"]!), StringComparison.Ordinal);
        Assert.Contains("""["x-request-id","<uuid>"]""", Json(seen["headers"]!), StringComparison.Ordinal);
    }

    [Fact]
    public void Time_is_virtual_a_delay_takes_exactly_as_long_as_it_says()
    {
        var step = Cases.Step(Cases.Play(["\"default\": {\"delay_ms\": 3000}"], Get), 0);

        Assert.Equal(3000, (long)step["response"]!["ms"]!);
    }

    [Fact]
    public void A_script_is_taken_action_by_action_and_retries_go_on_to_the_next()
    {
        const string Script = "\"script\": [{\"status\": 503}, {\"close\": \"reset\"}], \"default\": {\"body\": \"in the end\"}";
        var record = Cases.Play(
            [Script],
            Get,
            "\"retry_policy\": {\"retry_on\": \"5xx\", \"num_retries\": 2}",
            "\"access_log\": true, \"connections\": true, \"stats\": [\"cluster.svc.upstream_rq_retry\", \"cluster.svc.no_such\"]"
        );

        var step = Cases.Step(record, 0);
        Assert.Equal((200, "in the end"), ((int)step["response"]!["status"]!, (string)step["response"]!["body"]!));
        Assert.Equal(3, step["upstream"]!.AsArray().Count);
        Assert.Equal("200 - 127.0.0.1:21001", Assert.Single(record["access_log"]!.AsArray())!.GetValue<string>());
        Assert.Equal("""{"cluster.svc.upstream_rq_retry":"2","cluster.svc.no_such":"0"}""", record["stats"]!.ToJsonString());
        // An answer that is not waited for costs its connection.
        Assert.Equal("""{"e0":3}""", record["connections"]!.ToJsonString());
    }

    [Fact]
    public void An_answer_cut_short_is_told_as_such()
    {
        var response = Cases.Step(Cases.Play(["\"default\": {\"close\": \"mid\"}"], Get), 0)["response"]!;

        Assert.Equal((200, "connection closed after headers"), ((int)response["status"]!, (string)response["error"]!));
        Assert.Null(response["body"]);
    }

    [Fact]
    public void A_client_gives_up_after_its_timeout()
    {
        var response = Cases.Step(Cases.Play(["\"default\": {\"delay_ms\": 5000}"], """{"do": "request", "timeout": 2}"""), 0)["response"]!;

        Assert.Equal(("client gave up", 2000L), ((string)response["error"]!, (long)response["ms"]!));
    }

    [Fact]
    public void Endpoints_stop_and_start_and_take_other_scripts()
    {
        var record = Cases.Play(
            [""],
            """
            GET, {"do": "stop", "endpoint": "e0"}, GET, {"do": "start", "endpoint": "e0"},
            {"do": "script", "endpoint": "e0", "script": [{"status": 404}], "default": {"body": "new"}}, GET, GET, {"do": "sleep", "s": 2}
            """.Replace("GET", Get, StringComparison.Ordinal)
        );

        var told = ((int[])[0, 2, 5, 6]).Select(i => Cases.Step(record, i)["response"]!["status"]!.GetValue<int>());
        Assert.Equal([200, 503, 404, 200], told);
        Assert.Equal("new", (string)Cases.Step(record, 6)["response"]!["body"]!);
    }

    [Fact]
    public void A_series_goes_round_the_endpoints_and_numbers_its_requests()
    {
        var step = Cases.Step(Cases.Play(["", "", ""], """{"do": "series", "n": 6, "path": "/{i}", "exact": true}"""), 0);

        Assert.Equal(6, step["answers"]!.AsArray().Count);
        Assert.Equal("""{"e0":2,"e1":2,"e2":2}""", Sorted(step["counts"]!.AsObject()));
    }

    [Fact]
    public void A_burst_is_on_its_way_at_once()
    {
        const string Limits = "\"timeout\": \"1s\"";
        var step = Cases.Step(Cases.Play(["\"default\": {\"delay_ms\": 900}"], """{"do": "burst", "n": 5, "gap_ms": 50}""", Limits), 0);

        Assert.Equal("""{"200":5}""", step["statuses"]!.ToJsonString());
        Assert.Equal("""{"e0":5}""", step["upstream_requests"]!.ToJsonString());
    }

    [Fact]
    public void Bytes_go_as_they_are_and_what_comes_back_is_taken_apart()
    {
        const string Raw =
            """{"do": "raw", "parts": ["GET /a HTTP/1.1\r\nhost: x\r\n\r\nGET /b HTTP/1.1\r\nhost: x\r\n\r\n", {"send": "nonsense\r\n\r\n", "wait_s": 2}]}""";
        var step = Cases.Step(Cases.Play([""], Raw), 0);

        var lines = step["responses"]!.AsArray().Select(static response => (string)response!["line"]!);
        Assert.Equal(["HTTP/1.1 200", "HTTP/1.1 200", "HTTP/1.1 400"], lines);
        Assert.True(step["closed"]!.GetValue<bool>());
        Assert.Equal(["/a", "/b"], step["upstream"]!.AsArray().Select(static seen => (string)seen!["path"]!));
    }

    [Fact]
    public void Admin_pages_show_the_simulated_proxy()
    {
        var record = Cases.Play(
            [""],
            $$"""{{Get}}, {"do": "admin", "path": "/stats?usedonly&filter=rq_total$"}, {"do": "admin", "path": "/ready"}, {"do": "admin", "path": "/stats", "grep": "^http.in.downstream_rq_[0-9]xx: [^0]"}"""
        );

        Assert.Contains("http.in.downstream_rq_total: 1\n", (string)Cases.Step(record, 1)["body"]!, StringComparison.Ordinal);
        Assert.Equal((200, "LIVE\n"), ((int)Cases.Step(record, 2)["status"]!, (string)Cases.Step(record, 2)["body"]!));
        Assert.Equal("http.in.downstream_rq_2xx: 1", (string)Cases.Step(record, 3)["body"]!);
    }

    [Fact]
    public void The_same_seed_tells_the_same_record()
    {
        string[] endpoints = ["\"default\": {\"status\": 503}", ""];
        const string Series = """{"do": "series", "n": 40}""";
        const string Retries = "\"retry_policy\": {\"retry_on\": \"5xx\"}";

        Assert.Equal(Cases.Play(endpoints, Series, Retries).ToJsonString(), Cases.Play(endpoints, Series, Retries).ToJsonString());
    }

    [Fact]
    public void A_configuration_that_is_refused_is_not_ready_and_says_why()
    {
        var played = CaseLoader.Load("""[{"name": "bad", "config": {"static_resources": {"clusters": [{"name": "a", "lb_policy": "NOPE"}]}}}]""", "cases.json")[
            0
        ];
        var record = CasePlayer.Play(played, seed: 1);

        Assert.False(record["ready"]!.GetValue<bool>());
        Assert.StartsWith("static_resources.clusters[0].lb_policy: ", record["output_tail"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}", true)]
    [InlineData("""{"static_resources": {"clusters": [{}]}}""", false)]
    public void Of_a_case_that_asks_for_a_verdict_only_that_is_told(string config, bool accepted)
    {
        var record = CasePlayer.Play(CaseLoader.Load($$"""[{"name": "v", "validate": true, "config": {{config}}}]""", "cases.json")[0], seed: 1);

        Assert.Equal(accepted, record["ready"]!.GetValue<bool>());
    }

    private static string Json(JsonNode node) => node.ToJsonString(new JsonSerializerOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    private static string Sorted(JsonObject counts) =>
        new JsonObject(
            counts.OrderBy(static entry => entry.Key, StringComparer.Ordinal).Select(static entry => KeyValuePair.Create(entry.Key, entry.Value?.DeepClone()))
        ).ToJsonString();
}
