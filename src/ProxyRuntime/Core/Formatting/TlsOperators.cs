namespace MeshSim.ProxyRuntime.Core;

/// <summary>Operators about the TLS of either side. Without TLS, or without a certificate, none has a value.</summary>
internal static class TlsOperators
{
    public static FormatOperator[] All =>
        [
            new("REQUESTED_SERVER_NAME", FormatSyntax.ParametersOptional, ServerNameSegment.Create),
            FormatOperator.Text("TLS_JA3_FINGERPRINT", static info => info.Connection.Tls?.Ja3),
            FormatOperator.Text("TLS_JA4_FINGERPRINT", static info => info.Connection.Tls?.Ja4),
            FormatOperator.Text("UPSTREAM_SERVER_NAME", static info => info.Upstream.Tls?.ServerName),
            .. Session("DOWNSTREAM", static info => info.Connection.Tls),
            .. Session("UPSTREAM", static info => info.Upstream.Tls),
            .. Certificate("DOWNSTREAM_PEER", static info => info.Connection.Tls?.Peer),
            .. Certificate("UPSTREAM_PEER", static info => info.Upstream.Tls?.Peer),
            .. Certificate("DOWNSTREAM_LOCAL", static info => info.Connection.Tls?.Local),
            .. Certificate("UPSTREAM_LOCAL", static info => info.Upstream.Tls?.Local),
        ];

    private static IEnumerable<FormatOperator> Session(string side, Func<StreamInfo, TlsInfo?> read) =>
        [
            FormatOperator.Text($"{side}_TLS_VERSION", info => read(info)?.Version),
            FormatOperator.Text($"{side}_TLS_CIPHER", info => read(info)?.Cipher),
            FormatOperator.Text($"{side}_TLS_GROUP", info => read(info)?.Group),
            FormatOperator.Text($"{side}_TLS_SESSION_ID", info => read(info)?.SessionId),
        ];

    private static IEnumerable<FormatOperator> Certificate(string side, Func<StreamInfo, CertificateInfo?> read) =>
        Facts(side, read).Where(static known => IsEnvoys(known.Name));

    /// <summary>Of the proxy's own certificates, and of those of hosts, Envoy prints less.</summary>
    private static bool IsEnvoys(string name) =>
        name.StartsWith("DOWNSTREAM_PEER_", StringComparison.Ordinal)
        || name.EndsWith("_URI_SAN", StringComparison.Ordinal)
        || name.EndsWith("_DNS_SAN", StringComparison.Ordinal)
        || name.EndsWith("_IP_SAN", StringComparison.Ordinal)
        || (
            name
            is "DOWNSTREAM_LOCAL_SUBJECT"
                or "DOWNSTREAM_LOCAL_EMAIL_SAN"
                or "DOWNSTREAM_LOCAL_OTHERNAME_SAN"
                or "UPSTREAM_PEER_SUBJECT"
                or "UPSTREAM_PEER_ISSUER"
                or "UPSTREAM_PEER_CERT"
        );

    private static IEnumerable<FormatOperator> Facts(string side, Func<StreamInfo, CertificateInfo?> read) =>
        [
            FormatOperator.Text($"{side}_SUBJECT", info => read(info)?.Subject),
            FormatOperator.Text($"{side}_ISSUER", info => read(info)?.Issuer),
            FormatOperator.Text($"{side}_SERIAL", info => read(info)?.Serial),
            FormatOperator.Text($"{side}_FINGERPRINT_256", info => read(info)?.Fingerprint256),
            FormatOperator.Text($"{side}_FINGERPRINT_1", info => read(info)?.Fingerprint1),
            FormatOperator.Text($"{side}_ISSUER_FINGERPRINT_256", info => read(info)?.IssuerFingerprint256),
            FormatOperator.Text($"{side}_ISSUER_SERIAL", info => read(info)?.IssuerSerial),
            FormatOperator.Text($"{side}_CERT", info => read(info)?.Pem),
            List($"{side}_URI_SAN", info => read(info)?.UriSans),
            List($"{side}_DNS_SAN", info => read(info)?.DnsSans),
            List($"{side}_IP_SAN", info => read(info)?.IpSans),
            List($"{side}_EMAIL_SAN", info => read(info)?.EmailSans),
            List($"{side}_OTHERNAME_SAN", info => read(info)?.OtherNameSans),
            List($"{side}_CHAIN_FINGERPRINTS_256", info => read(info)?.ChainFingerprints256),
            List($"{side}_CHAIN_FINGERPRINTS_1", info => read(info)?.ChainFingerprints1),
            List($"{side}_CHAIN_SERIALS", info => read(info)?.ChainSerials),
        ];

    private static FormatOperator List(string name, Func<StreamInfo, IReadOnlyList<string>?> read) => FormatOperator.Fixed(name, new ListSegment(read));

    /// <summary>Texts, set apart by commas.</summary>
    private sealed class ListSegment(Func<StreamInfo, IReadOnlyList<string>?> read) : FormatSegment
    {
        public override bool Write(StreamInfo info, ByteBuffer output)
        {
            if (read(info) is not { Count: > 0 } texts)
            {
                return false;
            }

            for (var i = 0; i < texts.Count; i++)
            {
                if (i > 0)
                {
                    output.Append((byte)',');
                }

                output.AppendText(texts[i]);
            }

            return true;
        }
    }
}
