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
        Listener(text, "ingress", GatewayPort, [Host(to, "\"*\"")]);
        _ = text.Append("  clusters:\n");
        Cluster(text, to);
        return text.ToString();
    }

    /// <summary>The service's port leads to the application, port 15001 to the services it calls, by their names as hosts.</summary>
    public static string Sidecar(MeshService service, MeshModel model)
    {
        MeshService[] called = [.. model.Services.Where(other => service.Calls.Contains(other.Name, StringComparer.Ordinal))];
        var text = new StringBuilder("static_resources:\n  listeners:\n");
        Listener(text, "inbound", service.Port, [("application", "\"*\"", "cluster: application, timeout: 0s")]);
        Listener(text, "outbound", OutboundPort, [.. called.Select(static other => Host(other, Invariant($"{other.Name}, \"{other.Name}:{other.Port}\"")))]);
        _ = text.Append("  clusters:\n");
        Cluster(text, "application", "STATIC", "127.0.0.1", service.Port);
        foreach (var other in called)
        {
            Cluster(text, other);
        }

        return text.ToString();
    }

    private static (string Name, string Domains, string Route) Host(MeshService to, string domains) =>
        (to.Name, domains, string.Join(", ", to.Policies.Route.Prepend($"cluster: {to.Name}")));

    private static void Listener(StringBuilder text, string name, int port, (string Name, string Domains, string Route)[] hosts)
    {
        _ = text.Append(
            CultureInfo.InvariantCulture,
            $$"""
                - name: {{name}}
                  address:
                    socket_address: { address: 0.0.0.0, port_value: {{port}} }
                  filter_chains:
                    - filters:
                        - name: envoy.filters.network.http_connection_manager
                          typed_config:
                            "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                            stat_prefix: {{name}}
                            http_filters:
                              - name: envoy.filters.http.router
                                typed_config:
                                  "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router
                            route_config:
                              name: {{name}}

            """
        );
        _ = text.Append(hosts.Length == 0 ? "                  virtual_hosts: []\n" : "                  virtual_hosts:\n");
        foreach (var (host, domains, route) in hosts)
        {
            _ = text.Append(
                CultureInfo.InvariantCulture,
                $$"""
                                    - name: {{host}}
                                      domains: [{{domains}}]
                                      routes:
                                        - match: { prefix: / }
                                          route: { {{route}} }

                """
            );
        }
    }

    private static void Cluster(StringBuilder text, MeshService to)
    {
        Cluster(text, to.Name, "STRICT_DNS", to.Name, to.Port);
        foreach (var line in to.Policies.Cluster)
        {
            _ = text.Append("      ").Append(line).Append('\n');
        }
    }

    private static void Cluster(StringBuilder text, string name, string type, string address, int port) =>
        _ = text.Append(
            CultureInfo.InvariantCulture,
            $$"""
                - name: {{name}}
                  type: {{type}}
                  load_assignment:
                    cluster_name: {{name}}
                    endpoints:
                      - lb_endpoints:
                          - endpoint:
                              address:
                                socket_address: { address: {{address}}, port_value: {{port}} }

            """
        );

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
