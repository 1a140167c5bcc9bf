using System.Globalization;
using System.Text;

namespace MeshSim.Scenarios.Model;

/// <summary>Writes the Envoy configuration of the short form.</summary>
internal static class MeshConfiguration
{
    public const int OutboundPort = 15001;
    public const int GatewayPort = 8080;

    /// <summary>Port 8080 leads to one service.</summary>
    public static string Gateway(MeshService to)
    {
        var text = new StringBuilder("static_resources:\n  listeners:\n");
        Listener(text, "ingress", GatewayPort, [("all", "\"*\"", to.Name, to.Policies.Route.AsSpan().ToArray())]);
        _ = text.Append("  clusters:\n");
        Cluster(text, to);
        return text.ToString();
    }

    /// <summary>The service's port leads to the application, port 15001 to the services it calls, by their names as hosts.</summary>
    public static string Sidecar(MeshService service, MeshModel model)
    {
        MeshService[] called = [.. model.Services.Where(other => service.Calls.Contains(other.Name))];
        var text = new StringBuilder("static_resources:\n  listeners:\n");
        Listener(text, "inbound", service.Port, [("application", "\"*\"", "application", ["timeout: 0s"])]);
        Listener(
            text,
            "outbound",
            OutboundPort,
            [.. called.Select(static other => (other.Name, string.Create(CultureInfo.InvariantCulture, $"{other.Name}, \"{other.Name}:{other.Port}\""), other.Name, other.Policies.Route.AsSpan().ToArray()))]
        );
        _ = text.Append("  clusters:\n");
        _ = text.Append(
            CultureInfo.InvariantCulture,
            $$"""
                - name: application
                  type: STATIC
                  load_assignment: {cluster_name: application, endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: {{service.Port}}}}}}]}]}

            """
        );
        foreach (var other in called)
        {
            Cluster(text, other);
        }

        return text.ToString();
    }

    private static void Listener(StringBuilder text, string name, int port, (string Name, string Domains, string Cluster, string[] Route)[] hosts)
    {
        _ = text.Append(
            CultureInfo.InvariantCulture,
            $$"""
                - name: {{name}}
                  address: {socket_address: {address: 0.0.0.0, port_value: {{port}}}}
                  filter_chains:
                    - filters:
                        - name: envoy.filters.network.http_connection_manager
                          typed_config:
                            "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                            stat_prefix: {{name}}
                            http_filters:
                              - name: envoy.filters.http.router
                                typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}
                            route_config:
                              name: {{name}}
                              virtual_hosts:{{(hosts.Length == 0 ? " []" : "")}}

            """
        );
        foreach (var (host, domains, cluster, route) in hosts)
        {
            _ = text.Append(
                CultureInfo.InvariantCulture,
                $$"""
                                    - name: {{host}}
                                      domains: [{{domains}}]
                                      routes:
                                        - match: {prefix: /}
                                          route: {{{string.Join(", ", route.Prepend($"cluster: {cluster}"))}}}

                """
            );
        }
    }

    private static void Cluster(StringBuilder text, MeshService to)
    {
        _ = text.Append(
            CultureInfo.InvariantCulture,
            $$"""
                - name: {{to.Name}}
                  type: STRICT_DNS
                  load_assignment: {cluster_name: {{to.Name}}, endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: {{to.Name}}, port_value: {{to.Port}}}}}}]}]}

            """
        );
        foreach (var line in to.Policies.Cluster)
        {
            _ = text.Append("      ").Append(line).Append('\n');
        }
    }
}
