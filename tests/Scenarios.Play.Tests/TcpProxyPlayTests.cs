using System.Text.Json.Nodes;

namespace MeshSim.Scenarios.Play.Tests;

/// <summary>TCP proxies in virtual time.</summary>
public class TcpProxyPlayTests
{
    private const string Ask = "GET /t HTTP/1.1\\r\\nhost: x\\r\\n\\r\\n";

    [Fact]
    public void Bytes_pass_as_they_are()
    {
        var record = Play("\"port\": 21001", $$"""{"do": "raw", "parts": ["{{Ask}}", "{{Ask}}"]}""");
        var step = Cases.Step(record, 0);

        Assert.Equal(2, step["responses"]!.AsArray().Count);
        Assert.Equal(2, step["upstream"]!.AsArray().Count);
        Assert.False((bool)step["closed"]!);
        Assert.Equal("""["- svc 127.0.0.1:21001 76 56"]""", record["access_log"]!.ToJsonString());
        Assert.Equal("1", (string)record["stats"]!["tcp.t.downstream_cx_total"]!);
    }

    [Fact]
    public void What_is_no_HTTP_passes_too()
    {
        var step = Cases.Step(
            Play("\"port\": 21001, \"script\": [{\"raw\": \"\", \"echo\": true}]", $$"""{"do": "raw", "parts": ["{{Ask}}", "\u0000\u0001\u00ff", "more"]}"""),
            0
        );

        Assert.Equal("\0\u0001\u00ffmore", (string)step["rest"]!);
    }

    [Fact]
    public void A_host_that_closes_closes_its_client()
    {
        var record = Play("\"port\": 21001, \"script\": [{\"raw\": \"bye\", \"then_close\": true}]", $$"""{"do": "raw", "parts": ["{{Ask}}"]}""");
        var step = Cases.Step(record, 0);

        Assert.Equal("bye", (string)step["rest"]!);
        Assert.True((bool)step["closed"]!);
        Assert.Equal("""["- svc 127.0.0.1:21001 3 28"]""", record["access_log"]!.ToJsonString());
    }

    [Fact]
    public void Nobody_listens()
    {
        var record = Play("\"port\": 21001, \"down\": true", $$"""{"do": "raw", "parts": ["{{Ask}}"]}""", "\"max_connect_attempts\": 3");

        Assert.True((bool)Cases.Step(record, 0)["closed"]!);
        Assert.Equal("""["UF,URX svc 127.0.0.1:21001 0 0"]""", record["access_log"]!.ToJsonString());
        Assert.Equal("3", (string)record["stats"]!["cluster.svc.upstream_cx_connect_fail"]!);
    }

    [Fact]
    public void An_idle_connection_is_closed()
    {
        var record = Play(
            "\"port\": 21001",
            $$"""{"do": "raw", "parts": [{"send": "{{Ask}}", "wait_s": 0.3}, {"send": "{{Ask}}", "wait_s": 2}]}""",
            "\"idle_timeout\": \"0.4s\""
        );

        Assert.Equal(2, Cases.Step(record, 0)["responses"]!.AsArray().Count);
        Assert.True((bool)Cases.Step(record, 0)["closed"]!);
        Assert.Equal("1", (string)record["stats"]!["tcp.t.idle_timeout"]!);
    }

    /// <summary>A host that knows of no TLS has no answer to a handshake: after idle_timeout the client knows.</summary>
    [Fact]
    public void A_handshake_is_for_the_host_to_answer()
    {
        var step = Cases.Step(Play("\"port\": 21001", """{"do": "request", "tls": {"sni": "a.test"}, "timeout": 1}"""), 0);

        Assert.Equal("tls refused", (string)step["response"]!["error"]!);
    }

    private static JsonObject Play(string endpoint, string step, string proxy = "")
    {
        const string Template = """
            [{
              "name": "c",
              "config": {
                "admin": {"address": {"socket_address": {"address": "127.0.0.1", "port_value": 21900}}},
                "static_resources": {
                  "listeners": [{
                    "name": "main",
                    "address": {"socket_address": {"address": "127.0.0.1", "port_value": 21800}},
                    "filter_chains": [{"filters": [{
                      "name": "tcp",
                      "typed_config": {
                        "@type": "type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy",
                        "stat_prefix": "t",
                        "cluster": "svc",
                        "access_log": [{"name": "file", "typed_config": {
                          "@type": "type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog",
                          "path": "{access_log}",
                          "log_format": {"text_format_source": {"inline_string": "%RESPONSE_FLAGS% %UPSTREAM_CLUSTER% %UPSTREAM_HOST% %BYTES_SENT% %BYTES_RECEIVED%\n"}}
                        }}]PROXY
                      }
                    }]}]
                  }],
                  "clusters": [{
                    "name": "svc",
                    "type": "STATIC",
                    "connect_timeout": "1s",
                    "load_assignment": {"cluster_name": "svc", "endpoints": [{"lb_endpoints": [
                      {"endpoint": {"address": {"socket_address": {"address": "127.0.0.1", "port_value": 21001}}}}
                    ]}]}
                  }]
                }
              },
              "endpoints": {"e": {ENDPOINT}},
              "steps": [STEP],
              "access_log": true,
              "stats": ["tcp.t.downstream_cx_total", "tcp.t.idle_timeout", "cluster.svc.upstream_cx_connect_fail"]
            }]
            """;
        var text = Template
            .Replace("PROXY", proxy.Length > 0 ? ", " + proxy : "", StringComparison.Ordinal)
            .Replace("ENDPOINT", endpoint, StringComparison.Ordinal)
            .Replace("STEP", step, StringComparison.Ordinal);
        return CasePlayer.Play(Assert.Single(CaseLoader.Load(text, "cases.json")), seed: 1);
    }
}
