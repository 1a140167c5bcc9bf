using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using MeshSim.ProxyRuntime.Config;

namespace MeshSim.ProxyRuntime.Live;

/// <summary>
/// Sends a few requests through proxies of its own on loopback, so that the code of the data path is compiled before the first client
/// comes: that client would else wait for it, up to a tenth of a second. What ejects a host and checks its health is run through, too, for
/// an ejection is to be over before the next request.
/// </summary>
public static class WarmUp
{
    private const string Requests =
        "GET /a?b=c HTTP/1.1\r\nhost: warm.up\r\nuser-agent: warm-up\r\n\r\n"
        + "POST /a HTTP/1.1\r\nhost: warm.up\r\ncontent-length: 4\r\n\r\nbody"
        + "POST /a HTTP/1.1\r\nhost: warm.up\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n\r\n";

    /// <summary>Returns when all is done or the time is over: true, or false if something went wrong and the first client will wait.</summary>
    /// <param name="tls">Handshakes come, too.</param>
    public static async Task<bool> RunAsync(TimeSpan time, bool tls = false)
    {
        try
        {
            using var limit = new CancellationTokenSource(time);
            var identity = tls ? Identity() : "";
            var back = await StartAsync(Listener("direct_response: {status: 503, body: {inline_string: back}}", Downstream(identity))).ConfigureAwait(false);
            await using (back.ConfigureAwait(false))
            {
                var front = await StartAsync(
                        Listener("route: {cluster: back, retry_policy: {retry_on: 5xx, retry_back_off: {base_interval: 0.001s}}}", "")
                            + Cluster(back.Listeners["main"].Port, Upstream(identity))
                    )
                    .ConfigureAwait(false);
                await using (front.ConfigureAwait(false))
                {
                    if (tls)
                    {
                        await FailAsync(back.Listeners["main"], limit.Token).ConfigureAwait(false);
                    }

                    return await AskAsync(front.Listeners["main"], limit.Token).ConfigureAwait(false);
                }
            }
        }
        catch (Exception e) when (e is LiveProxyStartException or SocketException or IOException or OperationCanceledException)
        {
            return false;
        }
    }

    private static async Task<bool> AskAsync(IPEndPoint address, CancellationToken cancellation)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(address, cancellation).ConfigureAwait(false);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(Requests), cancellation).ConfigureAwait(false);
        using var reader = new StreamReader(stream, Encoding.ASCII);
        var answers = await reader.ReadToEndAsync(cancellation).ConfigureAwait(false);
        return answers.Split("HTTP/1.1 503 ").Length == 4;
    }

    /// <summary>A handshake that is none.</summary>
    private static async Task FailAsync(IPEndPoint address, CancellationToken cancellation)
    {
        try
        {
            _ = await AskAsync(address, cancellation).ConfigureAwait(false);
        }
        catch (IOException)
        {
            // The connection is reset: so it should be.
        }
    }

    private static Task<LiveProxy> StartAsync(string configuration) =>
        LiveProxy.StartAsync(BootstrapLoader.Load(configuration, "warm-up").Snapshot!, configuration, new LiveProxyOptions { Concurrency = 1 });

    private static string Listener(string action, string socket) =>
        """
            static_resources:
              listeners:
              - name: main
                address: {socket_address: {address: 127.0.0.1, port_value: 0}}
                filter_chains:
                - SOCKET
                  filters:
                  - name: envoy.filters.network.http_connection_manager
                    typed_config:
                      "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                      stat_prefix: warm_up
                      route_config: {virtual_hosts: [{name: all, domains: ["*"], routes: [{match: {prefix: /}, ACTION}]}]}
                      access_log:
                      - name: envoy.access_loggers.file
                        typed_config: {"@type": type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog, path: /dev/null}
                      http_filters:
                      - name: envoy.filters.http.router
                        typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}

            """.Replace("ACTION", action, StringComparison.Ordinal).Replace("SOCKET", socket, StringComparison.Ordinal);

    private static string Cluster(int port, string socket) =>
        """
              clusters:
              - name: back
                type: STATIC
                SOCKET
                outlier_detection: {consecutive_5xx: 1, max_ejection_percent: 100}
                health_checks: [{timeout: 60s, interval: 60s, unhealthy_threshold: 1, healthy_threshold: 1, tcp_health_check: {}}]
                load_assignment:
                  cluster_name: back
                  endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: PORT}}}}]}]

            """.Replace("PORT", port.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal).Replace("SOCKET", socket, StringComparison.Ordinal);

    /// <summary>A certificate for these proxies alone, with its key, as the fields of a context that trusts itself.</summary>
    private static string Identity()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=warm.up", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(200));
        var pem = JsonEncodedText.Encode(certificate.ExportCertificatePem());
        var secret = JsonEncodedText.Encode(key.ExportPkcs8PrivateKeyPem());
        return $$$"""
            common_tls_context: {tls_params: {tls_maximum_protocol_version: TLSv1_3}, tls_certificates: [{certificate_chain: {inline_string: "{{{pem}}}"}, private_key: {inline_string: "{{{secret}}}"} }], validation_context: {trusted_ca: {inline_string: "{{{pem}}}"} } }
            """;
    }

    private static string Downstream(string identity) =>
        identity.Length == 0
            ? ""
            : $$$"""
                transport_socket: {name: tls, typed_config: {"@type": t/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext, {{{identity}}}} }
                """;

    private static string Upstream(string identity) =>
        identity.Length == 0
            ? ""
            : $$$"""
                transport_socket: {name: tls, typed_config: {"@type": t/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext, sni: warm.up, {{{identity}}}} }
                """;
}
