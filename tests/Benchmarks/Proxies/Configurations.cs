namespace MeshSim.Benchmarks.Proxies;

/// <summary>
/// The same work for each proxy: routes, a timeout, one retry of connections that fail and of 503, a request id, forwarded-for and
/// -proto, connections kept on both sides; one worker, no access log.
/// </summary>
internal static class Configurations
{
    public const string Backend = """
        worker_processes 1; daemon off; pid DIR/backend.pid; error_log DIR/backend.log;
        events { worker_connections 16384; }
        http {
          access_log off; keepalive_requests 1000000000; keepalive_timeout 3600s;
          server { listen 127.0.0.1:BACKEND backlog=4096; location / { return 200 "BODY"; } }
        }
        """;

    public const string Nginx = """
        worker_processes 1; daemon off; pid DIR/nginx.pid; error_log DIR/nginx.log;
        events { worker_connections 20480; }
        http {
          access_log off; keepalive_requests 1000000000; keepalive_timeout 3600s;
          upstream service { server 127.0.0.1:BACKEND; keepalive 200; keepalive_requests 1000000000; keepalive_timeout 3600s; }
          proxy_http_version 1.1; proxy_set_header Connection ""; proxy_set_header X-Request-Id $request_id;
          proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for; proxy_set_header X-Forwarded-Proto $scheme;
          proxy_connect_timeout 1s; proxy_read_timeout 15s; proxy_next_upstream error timeout http_503; proxy_next_upstream_tries 2;
          server {
            listen 127.0.0.1:PORT backlog=4096 TLS;
            location /api/ { proxy_pass http://service; }
            location / { proxy_pass http://service; }
          }
        }
        """;

    public const string NginxTls = "ssl; ssl_certificate DIR/certificate.pem; ssl_certificate_key DIR/key.pem; ssl_protocols TLSv1.3";

    public const string Haproxy = """
        global
          nbthread 1
          maxconn 9000
        defaults
          mode http
          timeout connect 1s
          timeout client 3600s
          timeout server 15s
          retries 1
          retry-on conn-failure 503
          option http-keep-alive
          http-reuse always
        frontend front
          bind 127.0.0.1:PORT TLS
          unique-id-format %{+X}o%ci:%cp_%fi:%fp_%Ts_%rt:%pid
          unique-id-header X-Request-Id
          option forwardfor
          http-request set-header X-Forwarded-Proto http
          use_backend service if { path_beg /api/ }
          default_backend service
        backend service
          server one 127.0.0.1:BACKEND

        """;

    public const string HaproxyTls = "ssl crt DIR/both.pem ssl-min-ver TLSv1.3";

    public const string Meshsim = """
        static_resources:
          listeners:
            - name: main
              address: {socket_address: {address: 127.0.0.1, port_value: PORT}}
              filter_chains:
                - filters:
                    - name: envoy.filters.network.http_connection_manager
                      typed_config:
                        "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                        stat_prefix: ingress
                        use_remote_address: true
                        http_filters: [{name: envoy.filters.http.router, typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}}]
                        route_config:
                          virtual_hosts:
                            - name: all
                              domains: ["*"]
                              retry_policy: {retry_on: "connect-failure,retriable-status-codes", retriable_status_codes: [503], num_retries: 1}
                              routes:
                                - {match: {prefix: /api/}, route: {cluster: service, timeout: 15s}}
                                - {match: {prefix: /}, route: {cluster: service, timeout: 15s}}
                  TLS
          clusters:
            - name: service
              type: STATIC
              connect_timeout: 1s
              load_assignment: {cluster_name: service, endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: BACKEND}}}}]}]}
        """;

    public const string MeshsimTls = """
        transport_socket:
                    name: envoy.transport_sockets.tls
                    typed_config:
                      "@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext
                      common_tls_context:
                        tls_params: {tls_minimum_protocol_version: TLSv1_3}
                        tls_certificates: [{certificate_chain: {filename: DIR/certificate.pem}, private_key: {filename: DIR/key.pem}}]
        """;
}
