using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.Scenarios.Model;

/// <summary>The configuration of an imported scenario: the user's own, or a plain one where there is none.</summary>
/// <param name="File">What it is called in the folder.</param>
/// <param name="AllowUnsupported">HTTP filters that are not supported let everything pass.</param>
public sealed record ImportedConfig(string File, string Text, ProxySnapshot Snapshot, bool AllowUnsupported)
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Words that YAML takes for something else than text.</summary>
    private static readonly string[] NotBare = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"];

    /// <summary>A listener on port 10000, and a cluster for each that the log names; each host name goes where most of its requests went.</summary>
    /// <param name="clusters">The names of clusters with the domains that lead there, the one for all others first.</param>
    public static string Plain(IReadOnlyList<(string Cluster, ImmutableArray<string> Domains)> clusters)
    {
        var text = new StringBuilder(
            """
            static_resources:
              listeners:
                - name: main
                  address: { socket_address: { address: 0.0.0.0, port_value: 10000 } }
                  filter_chains:
                    - filters:
                        - name: envoy.filters.network.http_connection_manager
                          typed_config:
                            "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                            stat_prefix: ingress_http
                            http_filters:
                              - name: envoy.filters.http.router
                                typed_config: { "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router }
                            route_config:
                              virtual_hosts:

            """
        );
        for (var i = 0; i < clusters.Count; i++)
        {
            var (cluster, domains) = clusters[i];
            var all = i == 0 ? ["*"] : domains;
            _ = text.Append(
                CultureInfo.InvariantCulture,
                $"                    - {{ name: {Quoted(cluster)}, domains: [{string.Join(", ", all.Select(Quoted))}], routes: [{{ match: {{ prefix: / }}, route: {{ cluster: {Quoted(cluster)} }} }}] }}\n"
            );
        }

        _ = text.Append("  clusters:\n");
        foreach (var (cluster, _) in clusters)
        {
            _ = text.Append(
                CultureInfo.InvariantCulture,
                $"    - {{ name: {Quoted(cluster)}, type: STRICT_DNS, load_assignment: {{ cluster_name: {Quoted(cluster)}, endpoints: [{{ lb_endpoints: [{{ endpoint: {{ address: {{ socket_address: {{ address: {Quoted(cluster)}, port_value: 80 }} }} }} }}] }}] }} }}\n"
            );
        }

        return text.ToString();
    }

    /// <summary>A dump taken without its endpoints, with those that a log names.</summary>
    /// <returns>Null where it is no dump as Envoy prints it.</returns>
    internal static string? WithEndpoints(string dump, IEnumerable<(ClusterSnapshot Cluster, ImmutableArray<string> Hosts)> clusters)
    {
        JsonNode? root;
        try
        {
            root = JsonNode.Parse(dump, documentOptions: new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
        }
        catch (JsonException)
        {
            return null;
        }

        if (root is not JsonObject || root["configs"] is not JsonArray configs)
        {
            return null;
        }

        configs.Add(
            new JsonObject
            {
                ["@type"] = "type.googleapis.com/envoy.admin.v3.EndpointsConfigDump",
                ["dynamic_endpoint_configs"] = new JsonArray([
                    .. clusters.Select(static entry => new JsonObject { ["endpoint_config"] = Typed(Assignment(entry.Cluster.Name, entry.Hosts)) }),
                ]),
            }
        );
        return root.ToJsonString(Indented) + "\n";
    }

    /// <summary>A ClusterLoadAssignment of some hosts, each an address with its port.</summary>
    internal static JsonObject Assignment(string cluster, IEnumerable<string> hosts) =>
        new()
        {
            ["cluster_name"] = cluster,
            ["endpoints"] = new JsonArray(new JsonObject { ["lb_endpoints"] = new JsonArray([.. hosts.Select(IPEndPoint.Parse).Select(Endpoint)]) }),
        };

    private static JsonObject Typed(JsonObject assignment)
    {
        assignment.Insert(0, "@type", "type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment");
        return assignment;
    }

    /// <summary>A text as YAML has it: bare where that is safe.</summary>
    internal static string Quoted(string text) =>
        text.Length > 0
        && char.IsAsciiLetter(text[0])
        && text.All(static c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_')
        && !NotBare.Contains(text, StringComparer.OrdinalIgnoreCase)
            ? text
            : JsonSerializer.Serialize(text, Indented);

    private static JsonObject Endpoint(IPEndPoint host) =>
        new()
        {
            ["endpoint"] = new JsonObject
            {
                ["address"] = new JsonObject
                {
                    ["socket_address"] = new JsonObject { ["address"] = host.Address.ToString(), ["port_value"] = host.Port },
                },
            },
        };
}
