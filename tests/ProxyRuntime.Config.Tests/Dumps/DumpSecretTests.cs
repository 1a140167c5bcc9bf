using Envoy.Extensions.TransportSockets.Tls.V3;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Config.Tests;

/// <summary>Secrets in a dump: keys are redacted, and those that SDS brought are put where they were asked for.</summary>
public class DumpSecretTests
{
    private const string Certificate = "-----BEGIN CERTIFICATE-----\\nAAAA\\n-----END CERTIFICATE-----\\n";
    private const string Redacted = "W3JlZGFjdGVkXQ==";
    private const string Tls = "configs[2].static_listeners[0].listener.filter_chains[0].transport_socket.typed_config.common_tls_context";

    [Fact]
    public void A_redacted_key_is_a_warning_that_names_the_secret()
    {
        var result = Load(Sds("server"), Secret("server", Certificate, $"{{\"inline_bytes\": \"{Redacted}\"}}"));

        var warning = Assert.Single(result.Warnings);
        Assert.Equal("configs[3].dynamic_active_secrets[0].secret.tls_certificate.private_key.inline_bytes", warning.Path);
        Assert.Equal("secret 'server': redacted in the dump: what stood here is not known", warning.Message);

        // Without its key the certificate is nothing for connections.
        Assert.Empty(result.Problems);
        Assert.StartsWith("listener 'l', filter_chains: tls_certificates", SpokenProtocols.FirstUnspoken(result.Snapshot!), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("inline_string")]
    [InlineData("filename")]
    [InlineData("environment_variable")]
    public void A_redacted_key_inside_a_listener_is_a_warning(string source)
    {
        var inline =
            $$$"""{"tls_certificates": [{"certificate_chain": {"inline_string": "{{{Certificate}}}"}, "private_key": {"{{{source}}}": "[redacted]"}}]}""";
        var result = Load(inline, "");

        Assert.True(result.AcceptedByEnvoy);
        Assert.Equal($"{Tls}.tls_certificates[0].private_key.{source}", Assert.Single(result.Warnings).Path);
    }

    /// <summary>Elsewhere the word is no key.</summary>
    [Fact]
    public void In_a_bootstrap_a_redacted_key_is_refused()
    {
        var result = BootstrapLoader.Load(
            """{static_resources: {secrets: [{name: s}], clusters: [{name: a, transport_socket: {name: t, typed_config: {"@type": t/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext, common_tls_context: {tls_certificates: [{private_key: {inline_string: "[redacted]"}}]}}}}]}}""",
            "b.yaml"
        );

        Assert.StartsWith("Failed to load private key", Assert.Single(result.Problems).Message);
    }

    [Fact]
    public void What_was_found_stands_where_it_was_asked_for()
    {
        const string Authority = """ "validation_context_sds_secret_config": {"name": "ca", "sds_config": {"ads": {}}} """;
        const string Tickets = """, "session_ticket_keys_sds_secret_config": {"name": "keys", "sds_config": {"ads": {}}} """;
        var context =
            $$$"""{{{Sds("server")[..^1]}}}, "combined_validation_context": {"default_validation_context": {"max_verify_depth": 3}, {{{Authority}}} } }""";
        var text = Dump(
            context + Tickets,
            Secret("server", "the chain", $"{{\"inline_bytes\": \"{Redacted}\"}}")
                + """, {"name": "ca", "secret": {"@type": "t/envoy.extensions.transport_sockets.tls.v3.Secret", "validation_context": {"trusted_ca": {"inline_string": "the authority"}, "allow_expired_certificate": true}}}"""
                + """, {"name": "keys", "secret": {"@type": "t/envoy.extensions.transport_sockets.tls.v3.Secret", "session_ticket_keys": {"keys": [{"filename": "[redacted]"}]}}}"""
        );

        var map = new SourceMap();
        _ = ConfigDocument.Read(DocumentReader.Read(text, "dump.json", out _)!, map);

        Assert.Empty(map.Problems);
        var downstream = Assert.Single(map.Messages.Select(static entry => entry.Message).OfType<DownstreamTlsContext>());
        var tls = downstream.CommonTlsContext;
        Assert.Empty(tls.TlsCertificateSdsSecretConfigs);
        var certificate = Assert.Single(tls.TlsCertificates);
        Assert.Equal(("the chain", null), (certificate.CertificateChain.InlineString, certificate.PrivateKey));
        var validation = tls.CombinedValidationContext.DefaultValidationContext;
        Assert.Equal(("the authority", true, 3u), (validation.TrustedCa.InlineString, validation.AllowExpiredCertificate, validation.MaxVerifyDepth));
        Assert.Single(downstream.SessionTicketKeys.Keys);
        Assert.Equal(
            [
                "configs[3].dynamic_active_secrets[0].secret.tls_certificate.private_key.inline_bytes",
                "configs[3].dynamic_active_secrets[2].secret.session_ticket_keys.keys[0].filename",
            ],
            map.Warnings.Select(static warning => warning.Path).Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public void Redacted_values_in_a_map_are_told()
    {
        var result = ExampleDump.With(
            "\"match\": {\"path\": \"/gone\"}",
            """
            "typed_per_filter_config": {"x": {"@type": "t/envoy.extensions.filters.http.ext_authz.v3.ExtAuthzPerRoute",
              "check_settings": {"context_extensions": {"tenant": "[redacted]"}}}},
            "match": {"path": "/gone"}
            """
        );

        Assert.Contains(
            result.Warnings,
            warning =>
                warning is { Message: "redacted in the dump: what stood here is not known" }
                && warning.Path.EndsWith("context_extensions", StringComparison.Ordinal)
        );
    }

    [Fact]
    public void A_secret_that_is_not_there_is_told()
    {
        var result = Load(Sds("server"), Secret("another", "never read", "{\"nme\": 1}"));

        Assert.True(result.AcceptedByEnvoy);
        var warning = Assert.Single(result.Warnings);
        Assert.Equal($"{Tls}.tls_certificate_sds_secret_configs[0].name", warning.Path);
        Assert.Equal("the dump has no active secret 'server'", warning.Message);
    }

    private static string Sds(string name) => $$$"""{"tls_certificate_sds_secret_configs": [{"name": "{{{name}}}", "sds_config": {"ads": {} }}]}""";

    private static string Secret(string name, string chain, string key) =>
        $$$"""{"name": "{{{name}}}", "secret": {"@type": "t/envoy.extensions.transport_sockets.tls.v3.Secret", "name": "{{{name}}}", "tls_certificate": {"certificate_chain": {"inline_string": "{{{chain}}}"}, "private_key": {{{key}}} } } }""";

    private static ConfigResult Load(string context, string secrets) => BootstrapLoader.Load(Dump(context, secrets), "dump.json");

    private static string Dump(string context, string secrets) =>
        $$$"""
            {"configs": [
              {"@type": "t/envoy.admin.v3.BootstrapConfigDump", "bootstrap": {}},
              {"@type": "t/envoy.admin.v3.ClustersConfigDump"},
              {"@type": "t/envoy.admin.v3.ListenersConfigDump", "static_listeners": [{"listener": {
                "@type": "t/envoy.config.listener.v3.Listener", "name": "l", "address": {"socket_address": {"address": "127.0.0.1", "port_value": 1}},
                "filter_chains": [{
                  "transport_socket": {
                    "name": "tls",
                    "typed_config": {"@type": "t/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext", "common_tls_context": {{{context}}} }
                  },
                  "filters": [{"name": "hcm", "typed_config": {
                    "@type": "{{{ExampleDump.ConnectionManager}}}", "stat_prefix": "l", "route_config": {},
                    "http_filters": [{"name": "router", "typed_config": {"@type": "{{{ExampleDump.Router}}}"}}]
                  }}]
                }]
              }}]},
              {"@type": "t/envoy.admin.v3.SecretsConfigDump", "dynamic_active_secrets": [{{{secrets}}}]}
            ]}
            """;
}
