using System.Collections.Immutable;
using Envoy.Config.Core.V3;
using Envoy.Config.Listener.V3;
using Envoy.Extensions.Filters.Network.TcpProxy.V3;
using Envoy.Extensions.TransportSockets.RawBuffer.V3;
using Envoy.Extensions.TransportSockets.Tls.V3;
using Google.Protobuf;
using MeshSim.ProxyRuntime.Core;
using TlsProtocol = Envoy.Extensions.TransportSockets.Tls.V3.TlsParameters.Types.TlsProtocol;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>Transport sockets of filter chains and clusters: TLS, or plain text.</summary>
internal sealed class TlsContextBuilder(BuildContext context)
{
    private const string Category = "envoy.extensions.transport_sockets.";

    private static readonly string[] NotOfCommon =
    [
        "tls_certificate_provider_instance",
        "custom_tls_certificate_selector",
        "tls_certificate_certificate_provider",
        "tls_certificate_certificate_provider_instance",
        "validation_context_certificate_provider",
        "validation_context_certificate_provider_instance",
        "custom_handshaker",
        "key_log",
    ];

    private static readonly string[] NotOfDownstream =
    [
        "require_sni",
        "session_ticket_keys",
        "session_ticket_keys_sds_secret_config",
        "session_timeout",
        "ocsp_staple_policy",
        "prefer_client_ciphers",
    ];

    /// <summary>TLS that ends at a filter chain; null for plain text.</summary>
    public DownstreamTlsSnapshot? Downstream(FilterChain chain)
    {
        if (chain.TransportSocket is not { } socket)
        {
            return null;
        }

        if (
            context.Extension(socket, socket.Name, socket.TypedConfig, Category, DownstreamTlsContext.Descriptor, RawBuffer.Descriptor)
            is not DownstreamTlsContext tls
        )
        {
            return null;
        }

        var refusals = new TlsRefusals(context);
        refusals.Refuse(tls, NotOfDownstream);
        var common = Common(tls.CommonTlsContext ?? new CommonTlsContext(), TlsVersion.Tls13, refusals, carriesBytes: EndsWithTcpProxy(chain));
        if (common.Certificates.IsEmpty && refusals.First.Length == 0)
        {
            refusals.Note("tls_certificates: none can be read");
        }

        return new DownstreamTlsSnapshot
        {
            Common = common with { Unspoken = refusals.First },
            RequireClientCertificate = tls.RequireClientCertificate ?? false,
            FullScanCertsOnSniMismatch = tls.FullScanCertsOnSniMismatch ?? false,
            AllowResumption = !(tls.DisableStatelessSessionResumption && tls.DisableStatefulSessionResumption) && common.Validation is null,
        };
    }

    /// <summary>TLS to hosts; null for plain text.</summary>
    /// <param name="owner">The message with the socket.</param>
    public UpstreamTlsSnapshot? Upstream(IMessage owner, TransportSocket? socket)
    {
        if (context.Map.Content(socket?.TypedConfig) is not UpstreamTlsContext tls)
        {
            return null;
        }

        var refusals = new TlsRefusals(context);
        refusals.Refuse(tls, ["allow_renegotiation", "enforce_rsa_key_usage"]);
        var common = Common(tls.CommonTlsContext ?? new CommonTlsContext(), TlsVersion.Tls12, refusals);
        if (tls.AutoSniSanValidation && common.Validation is not { VerifiesChain: true } && refusals.First.Length == 0)
        {
            context.Map.Problem(tls, "auto_sni_san_validation", "'auto_sni_san_validation' was configured without configuring a trusted CA");
        }

        return new UpstreamTlsSnapshot
        {
            Common = common with { Unspoken = refusals.First },
            Sni = tls.Sni,
            AutoHostSni = tls.AutoHostSni,
            AutoSniSanValidation = tls.AutoSniSanValidation,
            AllowResumption = tls.MaxSessionKeys != 0 && common.Validation is null,
        };
    }

    private bool EndsWithTcpProxy(FilterChain chain) => chain.Filters.Count > 0 && context.Map.Content(chain.Filters[^1].TypedConfig) is TcpProxy;

    /// <param name="carriesBytes">Whatever is agreed on is spoken by others.</param>
    private TlsContextSnapshot Common(CommonTlsContext tls, TlsVersion newest, TlsRefusals refusals, bool carriesBytes = false)
    {
        if (!context.Map.IsKnown(tls))
        {
            return new TlsContextSnapshot { MaxVersion = newest };
        }

        refusals.Refuse(tls, NotOfCommon);
        return new TlsContextSnapshot
        {
            Certificates = new TlsCertificateBuilder(context, refusals).BuildAll(tls),
            Validation = new CertificateValidationBuilder(context, refusals).Build(tls),
            AlpnProtocols = carriesBytes ? [.. tls.AlpnProtocols.SelectMany(static list => list.Split(','))] : Alpn(tls),
            MinVersion = Version(tls.TlsParams, "tls_minimum_protocol_version", tls.TlsParams?.TlsMinimumProtocolVersion, TlsVersion.Tls12, refusals),
            MaxVersion = Version(tls.TlsParams, "tls_maximum_protocol_version", tls.TlsParams?.TlsMaximumProtocolVersion, newest, refusals),
            CipherSuites = CipherSuites(tls.TlsParams, refusals),
        };
    }

    /// <summary>What is not spoken here is not agreed on: clients go on with what is.</summary>
    private ImmutableArray<string> Alpn(CommonTlsContext tls)
    {
        var spoken = tls.AlpnProtocols.SelectMany(static list => list.Split(',')).Where(static name => name is not ("h2" or "h3")).ToImmutableArray();
        if (spoken.Length < tls.AlpnProtocols.Count && context.ForConnections)
        {
            context.Map.Warn(tls, "alpn_protocols", "HTTP/2 over TLS is not spoken yet: 'h2' is left out of what is offered and agreed on");
        }

        return spoken;
    }

    private static TlsVersion Version(TlsParameters? parameters, string field, TlsProtocol? version, TlsVersion auto, TlsRefusals refusals)
    {
        switch (version)
        {
            case TlsProtocol.Tlsv10 or TlsProtocol.Tlsv11:
                refusals.Refuse(parameters!, field, "versions before TLSv1_2 are not spoken; accepted: TLS_AUTO, TLSv1_2, TLSv1_3");
                return TlsVersion.Tls12;
            case TlsProtocol.Tlsv12:
                return TlsVersion.Tls12;
            case TlsProtocol.Tlsv13:
                return TlsVersion.Tls13;
            default:
                return auto;
        }
    }

    private static ImmutableArray<string> CipherSuites(TlsParameters? parameters, TlsRefusals refusals)
    {
        if (parameters is null)
        {
            return TlsContextSnapshot.DefaultCipherSuites;
        }

        refusals.Refuse(parameters, ["ecdh_curves", "signature_algorithms", "compliance_policies"]);
        if (parameters.CipherSuites.Count == 0)
        {
            return TlsContextSnapshot.DefaultCipherSuites;
        }

        var suites = parameters.CipherSuites.SelectMany(static entry => entry.Split(['[', ']', '|', ':'], StringSplitOptions.RemoveEmptyEntries)).ToArray();
        if (Array.Find(suites, static suite => !TlsCipherNames.IsKnown(suite)) is { } other)
        {
            refusals.Refuse(parameters, "cipher_suites", $"'{other}' is not spoken here; accepted: {string.Join(", ", TlsCipherNames.Known)}");
        }

        return [.. suites.Where(TlsCipherNames.IsKnown)];
    }
}
