using System.Globalization;
using System.Text.Json.Nodes;

namespace MeshSim.Scenarios.Play.Tests;

/// <summary>Small cases with one listener and one cluster <c>svc</c> of static endpoints.</summary>
internal static class Cases
{
    /// <param name="endpoints">Fields of each endpoint, in JSON, beside its port.</param>
    /// <param name="steps">The steps, in JSON.</param>
    /// <param name="route">Fields of the route's action beside the cluster.</param>
    /// <param name="more">Fields of the case.</param>
    /// <param name="cluster">Fields of the cluster beside its endpoints.</param>
    public static JsonObject Play(string[] endpoints, string steps, string route = "", string more = "", string cluster = "")
    {
        var played = Assert.Single(CaseLoader.Load($"[{Text(endpoints, steps, route, more, cluster)}]", "cases.json"));
        return CasePlayer.Play(played, seed: 1);
    }

    public static string Text(string[] endpoints, string steps, string route = "", string more = "", string cluster = "")
    {
        var all = endpoints.Select((fields, i) => $"\"e{i}\": {{\"port\": {Port(i)}{(fields.Length > 0 ? ", " : "")}{fields}}}");
        var hosts = endpoints.Select(
            (_, i) => $"{{\"endpoint\": {{\"address\": {{\"socket_address\": {{\"address\": \"127.0.0.1\", \"port_value\": {Port(i)}}}}}}}}}"
        );
        const string Template = """
            {
              "name": "c",
              "config": {
                "admin": {"address": {"socket_address": {"address": "127.0.0.1", "port_value": 21900}}},
                "static_resources": {
                  "listeners": [{
                    "name": "main",
                    "address": {"socket_address": {"address": "127.0.0.1", "port_value": 21800}},
                    "filter_chains": [{"filters": [{
                      "name": "hcm",
                      "typed_config": {
                        "@type": "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
                        "stat_prefix": "in",
                        "access_log": [{"name": "file", "typed_config": {
                          "@type": "type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog",
                          "path": "{access_log}",
                          "log_format": {"text_format_source": {"inline_string": "%RESPONSE_CODE% %RESPONSE_FLAGS% %UPSTREAM_HOST%\n"}}
                        }}],
                        "http_filters": [{"name": "router", "typed_config": {"@type": "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router"}}],
                        "route_config": {"virtual_hosts": [{"name": "v", "domains": ["*"], "routes": [
                          {"match": {"prefix": "/"}, "route": {"cluster": "svc"ROUTE}}
                        ]}]}
                      }
                    }]}]
                  }],
                  "clusters": [{
                    "name": "svc",
                    "type": "STATIC",
                    "connect_timeout": "1s",
                    "load_assignment": {"cluster_name": "svc", "endpoints": [{"lb_endpoints": [HOSTS]}]}CLUSTER
                  }]
                }
              },
              "endpoints": {ENDPOINTS},
              "steps": [STEPS]MORE
            }
            """;
        return Template
            .Replace("ROUTE", Behind(route), StringComparison.Ordinal)
            .Replace("CLUSTER", Behind(cluster), StringComparison.Ordinal)
            .Replace("HOSTS", string.Join(", ", hosts), StringComparison.Ordinal)
            .Replace("ENDPOINTS", string.Join(", ", all), StringComparison.Ordinal)
            .Replace("STEPS", steps, StringComparison.Ordinal)
            .Replace("MORE", Behind(more), StringComparison.Ordinal);
    }

    public static JsonNode Step(JsonObject record, int number)
    {
        Assert.True(record["ready"]!.GetValue<bool>(), record.ToJsonString());
        return record["steps"]![number]!;
    }

    private static string Behind(string fields) => fields.Length > 0 ? ", " + fields : "";

    private static string Port(int endpoint) => (21_001 + endpoint).ToString(CultureInfo.InvariantCulture);
}
