using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Config.Tests;

/// <summary>What is dumped here is read here: the same snapshot, and of that the same dump.</summary>
public class DumpRoundTripTests
{
    /// <summary>Values of every kind, each in its place.</summary>
    private const string Kinds = """
        node: {id: "a\"<b>\\\u0007é", metadata: {n: 15, list: [x, true, null, {}], "k\n": ""}}
        layered_runtime: {layers: [{name: s, static_layer: {a.b: {numerator: 3, denominator: TEN_THOUSAND}, flag: false}}]}
        static_resources:
          listeners:
          - name: main
            address: {socket_address: {address: 0.0.0.0, port_value: 15001}}
            listener_filters_timeout: 0s
            per_connection_buffer_limit_bytes: 0
            filter_chains:
            - filters:
              - name: hcm
                typed_config:
                  "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                  stat_prefix: in
                  generate_request_id: false
                  stream_idle_timeout: 0.000001s
                  delayed_close_timeout: 0.25s
                  path_with_escaped_slashes_action: UNESCAPE_AND_FORWARD
                  upgrade_configs: [{upgrade_type: websocket, enabled: false}]
                  access_log:
                  - name: file
                    filter: {or_filter: {filters: [{status_code_filter: {comparison: {op: GE, value: {default_value: 500, runtime_key: k}}}}, {not_health_check_filter: {}}]}}
                    typed_config: {"@type": type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog, path: /log, log_format: {json_format: {b: "%RESPONSE_CODE%", a: {c: "<"}}}}
                  http_filters:
                  - name: lua
                    disabled: true
                    typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.ext_proc.v3.ExternalProcessor, default_source_code: {inline_string: "x\ty"}, sourceCodes: {z: {inlineBytes: YQ==}}, n: [1, "1", true, null]}
                  - name: router
                    typed_config: {"@type": type.googleapis.com/udpa.type.v1.TypedStruct, type_url: type.googleapis.com/envoy.extensions.filters.http.router.v3.Router, value: {suppress_envoy_headers: true}}
                  route_config:
                    name: local
                    response_headers_to_add: [{header: {key: x, value: "%START_TIME%"}, append_action: OVERWRITE_IF_EXISTS_OR_ADD}]
                    virtual_hosts:
                    - name: all
                      domains: ["*"]
                      typed_per_filter_config:
                        envoy.filters.http.cors: {"@type": type.googleapis.com/envoy.extensions.filters.http.cors.v3.CorsPolicy, allow_credentials: false, filter_enabled: {default_value: {}}}
                      routes:
                      - match: {safe_regex: {regex: "/a\\d+"}, headers: [{name: h, range_match: {start: -5, end: 9007199254740993}, invert_match: true}], case_sensitive: false}
                        direct_response: {status: 200, body: {inline_bytes: AAEC/w==}}
                      - match: {prefix: /}
                        route:
                          cluster: web
                          timeout: 0s
                          priority: HIGH
                          hash_policy: [{cookie: {name: c, ttl: 0s, path: ""}, terminal: true}]
                          retry_policy: {retry_on: "5xx,reset", num_retries: 0, retriable_status_codes: [503, 409]}
                          request_mirror_policies: [{cluster: web, runtime_fraction: {default_value: {numerator: 1, denominator: MILLION}}}]
          clusters:
          - name: web
            type: STRICT_DNS
            connect_timeout: 1.5s
            load_balancing_policy:
              policies:
              - typed_extension_config:
                  name: own
                  typed_config: {"@type": type.googleapis.com/xds.type.v3.TypedStruct, type_url: type.googleapis.com/own.Policy, value: {a: [1]}}
              - typed_extension_config:
                  name: rr
                  typed_config: {"@type": type.googleapis.com/envoy.extensions.load_balancing_policies.round_robin.v3.RoundRobin, slow_start_config: {slow_start_window: 30s, aggression: {default_value: 0.1, runtime_key: r}}}
            circuit_breakers: {thresholds: [{max_requests: 0, retry_budget: {budget_percent: {value: 33.3}}}]}
            typed_extension_protocol_options:
              envoy.extensions.upstreams.http.v3.HttpProtocolOptions:
                "@type": type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions
                explicit_http_config: {http_protocol_options: {}}
            load_assignment: {cluster_name: web, endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: web, port_value: 80}}}}]}]}
        """;

    [Theory]
    [InlineData(Kinds)]
    [InlineData(Configurations.Good)]
    [InlineData(ExampleDump.Bootstrap)]
    public void The_dump_of_a_bootstrap_is_the_bootstrap_again(string text) => Check(text, "envoy.yaml");

    [Fact]
    public void The_dump_of_a_dump_is_the_dump_again() => Check(ExampleDump.Text, "dump.json");

    /// <summary>Between versions of the program as well: both endpoints and the lack of them are read.</summary>
    [Fact]
    public void Endpoints_in_a_dump_make_no_difference_to_clusters_that_have_their_own()
    {
        var first = Load(Kinds, "envoy.yaml");

        Assert.Equivalent(Load(Dump(first, includeEds: false), "dump.json"), Load(Dump(first, includeEds: true), "dump.json"), strict: true);
    }

    /// <summary>What an extension that is not read here holds stands there as it was written.</summary>
    [Fact]
    public void What_is_not_read_is_kept()
    {
        var dump = Dump(Load(Kinds, "envoy.yaml"), includeEds: false);

        Assert.Contains("\"default_source_code\": {", dump, StringComparison.Ordinal);
        Assert.Contains("\"inline_string\": \"x\\ty\"", dump, StringComparison.Ordinal);
        Assert.Contains("\"type_url\": \"type.googleapis.com/own.Policy\"", dump, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"id\": \"a\\\"\\u003cb\\u003e\\\\\\u0007é\"")]
    [InlineData("\"stream_idle_timeout\": \"0.000001s\"")]
    [InlineData("\"delayed_close_timeout\": \"0.250s\"")]
    [InlineData("\"timeout\": \"0s\"")]
    [InlineData("\"generate_request_id\": false")]
    [InlineData("\"max_requests\": 0")]
    [InlineData("\"end\": \"9007199254740993\"")]
    [InlineData("\"value\": 33.3")]
    [InlineData("\"inline_bytes\": \"AAEC/w==\"")]
    [InlineData("\"default_value\": {}")]
    [InlineData("\"user_agent_name\": \"meshsim\"")]
    public void Values_are_written_as_protobuf_writes_them(string part) =>
        Assert.Contains(part, Dump(Load(Kinds, "envoy.yaml"), includeEds: false), StringComparison.Ordinal);

    /// <summary>Wherever they stand, and files and variables by their names too; certificates are no secret.</summary>
    [Fact]
    public void Secrets_are_redacted()
    {
        const string Text = """
            static_resources:
              secrets:
              - {name: ca, validation_context: {trusted_ca: {inline_string: seen-ca}}}
              - {name: tickets, session_ticket_keys: {keys: [{inline_bytes: aGlkZGVu}, {filename: hidden-file}]}}
              - {name: token, generic_secret: {secret: {inline_string: hidden-token}}}
              - {name: server, tls_certificate: {certificate_chain: {inline_string: seen-chain}, private_key: {inline_string: hidden-key}, password: {environment_variable: hidden-variable}}}
              clusters:
              - name: a
                transport_socket:
                  name: tls
                  typed_config:
                    "@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext
                    common_tls_context: {tls_certificates: [{certificate_chain: {filename: seen-file}, private_key: {filename: hidden-path}}]}
            """;
        var root = DocumentReader.Read(Text, "b.yaml", out _)!;
        var map = new SourceMap();
        var snapshot = SnapshotBuilder.Build(map, ConfigDocument.Read(root, map));

        var dump = Dump(snapshot, includeEds: false);

        Assert.DoesNotContain("hidden", dump, StringComparison.Ordinal);
        Assert.DoesNotContain("aGlkZGVu", dump, StringComparison.Ordinal);
        Assert.All(["seen-ca", "seen-chain", "seen-file"], part => Assert.Contains(part, dump, StringComparison.Ordinal));
        Assert.Equal(
            ["server", "ca", "tickets", "token"],
            Names(ConfigDumpWriter.Write(Running(snapshot), new ConfigDumpQuery { Resource = "static_secrets" }).Json)
        );
        Assert.Contains("\"filename\": \"[redacted]\"", dump, StringComparison.Ordinal);
        Assert.Contains("\"inline_bytes\": \"W3JlZGFjdGVkXQ==\"", dump, StringComparison.Ordinal);
    }

    /// <summary>The proxy's own names of secrets in what it does not read.</summary>
    [Fact]
    public void Secrets_of_extensions_that_are_not_read_are_redacted()
    {
        const string Filter = """
            - {name: users, typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.basic_auth.v3.BasicAuth, users: {inlineString: hidden}, forward_username_header: seen}}
            """;
        var text = Kinds.Replace("- name: router\n", Filter + "\n          - name: router\n", StringComparison.Ordinal);
        var result = BootstrapLoader.Load(text, "envoy.yaml", allowUnsupported: true);

        var dump = Dump(result.Snapshot!, includeEds: false);

        Assert.Contains("\"seen\"", dump, StringComparison.Ordinal);
        Assert.DoesNotContain("\"hidden\"", dump, StringComparison.Ordinal);
    }

    private static void Check(string text, string file)
    {
        var first = Load(text, file);
        var dump = Dump(first, includeEds: true);
        var second = Load(dump, "dump.json");

        // Clusters stand sorted in a dump.
        Assert.Equivalent(first with { Clusters = [.. first.Clusters.OrderBy(static cluster => cluster.Name, StringComparer.Ordinal)] }, second, strict: true);
        Assert.Equal(first.Listeners.Select(static listener => listener.Hash), second.Listeners.Select(static listener => listener.Hash));
        foreach (var resource in (string[])["static_clusters", "static_endpoint_configs", "static_listeners", "static_route_configs", "static_secrets"])
        {
            var query = new ConfigDumpQuery { Resource = resource, IncludeEds = true };
            Assert.Equal(ConfigDumpWriter.Write(Running(first), query), ConfigDumpWriter.Write(Running(second), query));
        }
    }

    [Theory]
    [InlineData("1.5")]
    [InlineData("1e+22")]
    [InlineData("-3")]
    [InlineData("0.1")]
    [InlineData("100000000")]
    public void Numbers_of_free_form_stay_what_they_are(string number) =>
        Assert.Contains(
            $"\"n\": {number}\n",
            Dump(Load($"{{\"node\": {{\"metadata\": {{\"n\": {number}}}}}}}", "b.json"), includeEds: false),
            StringComparison.Ordinal
        );

    private static ProxySnapshot Load(string text, string file)
    {
        var result = BootstrapLoader.Load(text, file, allowUnsupported: true);
        Assert.Empty(result.Problems);
        return result.Snapshot!;
    }

    private static string Dump(ProxySnapshot snapshot, bool includeEds) =>
        ConfigDumpWriter.Write(Running(snapshot), new ConfigDumpQuery { IncludeEds = includeEds }).Json;

    private static RunningConfig Running(ProxySnapshot snapshot)
    {
        var random = new RandomSource(1);
        var main = new ProxyMain(snapshot, random);
        main.Start(MonotonicTime.Zero, new EffectBuffer());
        return RunningConfig.Of(snapshot, main.View, 0).With(new Worker(snapshot, new ProxyShared(snapshot), random, epochUnixNs: 0).View);
    }

    private static IEnumerable<string> Names(string json) =>
        json.Split('\n').Where(static line => line.StartsWith("   \"name\": ", StringComparison.Ordinal)).Select(static line => line.Trim(' ', ',')[9..^1]);
}
