using System.Security.Cryptography;
using System.Text;
using Envoy.Config.Core.V3;
using Envoy.Extensions.TransportSockets.Tls.V3;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>TLS contexts, with the files they name.</summary>
internal static class TlsChecks
{
    private static readonly HashSet<string> CipherSuites = new(
        (
            "ECDHE-ECDSA-AES128-GCM-SHA256 ECDHE-RSA-AES128-GCM-SHA256 ECDHE-ECDSA-AES256-GCM-SHA384 ECDHE-RSA-AES256-GCM-SHA384 "
            + "ECDHE-ECDSA-CHACHA20-POLY1305 ECDHE-RSA-CHACHA20-POLY1305 ECDHE-ECDSA-AES128-SHA ECDHE-RSA-AES128-SHA ECDHE-PSK-AES128-CBC-SHA "
            + "ECDHE-ECDSA-AES256-SHA ECDHE-RSA-AES256-SHA ECDHE-PSK-AES256-CBC-SHA ECDHE-PSK-CHACHA20-POLY1305 AES128-GCM-SHA256 AES256-GCM-SHA384 "
            + "AES128-SHA AES256-SHA PSK-AES128-CBC-SHA PSK-AES256-CBC-SHA DES-CBC3-SHA ECDHE-RSA-AES128-SHA256"
        ).Split(' '),
        StringComparer.Ordinal
    );

    public static void Check(SourceMap map, DownstreamTlsContext context)
    {
        var common = context.CommonTlsContext;
        if (
            common is null
            || (
                common.TlsCertificates.Count == 0
                && common.TlsCertificateSdsSecretConfigs.Count == 0
                && common.TlsCertificateProviderInstance is null
                && common.CustomTlsCertificateSelector is null
            )
        )
        {
            map.Problem(
                context,
                "common_tls_context",
                "No TLS certificates found for server context; accepted: tls_certificates, tls_certificate_sds_secret_configs"
            );
        }
    }

    public static void Check(SourceMap map, CommonTlsContext context)
    {
        foreach (var certificate in context.TlsCertificates)
        {
            CheckPem(map, certificate.CertificateChain, "CERTIFICATE", "certificate chain");
            CheckPem(map, certificate.PrivateKey, "PRIVATE KEY", "private key");
        }

        var validation = context.ValidationContext ?? context.CombinedValidationContext?.DefaultValidationContext;
        CheckPem(map, validation?.TrustedCa, "CERTIFICATE", "trusted CA certificates");
        CheckCipherSuites(map, context.TlsParams);
    }

    /// <summary>Contents that can be had must hold such a block. A file that cannot is a problem where files are read at all.</summary>
    /// <param name="what">What it is, <c>private key</c>.</param>
    private static void CheckPem(SourceMap map, DataSource? source, string label, string what)
    {
        var (field, text, error) = Contents(map.Environment, source);
        if (error is not null)
        {
            map.Problem(source!, field, $"Failed to load incomplete {what} from path: {source!.Filename}{source.EnvironmentVariable} ({error})");
        }
        else if (text is not null && !HasBlock(text, label))
        {
            var from = field.StartsWith("inline", StringComparison.Ordinal) ? "<inline>" : source!.Filename;
            map.Problem(source!, field, $"Failed to load {what} from {from}: no PEM block {label} in it");
        }
    }

    private static (string Field, string? Text, string? Error) Contents(ConfigEnvironment environment, DataSource? source)
    {
        string? error = null;
        return source?.SpecifierCase switch
        {
            DataSource.SpecifierOneofCase.InlineString => ("inline_string", source.InlineString, null),
            DataSource.SpecifierOneofCase.InlineBytes => ("inline_bytes", Encoding.Latin1.GetString(source.InlineBytes.Span), null),
            DataSource.SpecifierOneofCase.Filename when environment.CanRead => (
                "filename",
                environment.ReadFile(source.Filename, 0, out error) is { } bytes ? Encoding.Latin1.GetString(bytes) : null,
                error
            ),
            DataSource.SpecifierOneofCase.EnvironmentVariable when environment.CanRead => (
                "environment_variable",
                environment.ReadVariable(source.EnvironmentVariable, out error),
                error
            ),
            _ => ("", null, null),
        };
    }

    private static bool HasBlock(string text, string label)
    {
        var rest = text.AsSpan();
        while (PemEncoding.TryFind(rest, out var fields))
        {
            if (rest[fields.Label].EndsWith(label, StringComparison.Ordinal))
            {
                return true;
            }

            rest = rest[fields.Location.End..];
        }

        return false;
    }

    /// <summary>An entry is a suite, or several of equal preference as <c>[A|B]</c>; a <c>-</c> or <c>!</c> in front takes one away.</summary>
    private static void CheckCipherSuites(SourceMap map, TlsParameters? parameters)
    {
        for (var i = 0; i < parameters?.CipherSuites.Count; i++)
        {
            var entry = parameters.CipherSuites[i];
            var rejected = entry
                .Split(['[', ']', '|', ':'], StringSplitOptions.RemoveEmptyEntries)
                .Where(static suite => !CipherSuites.Contains(suite.TrimStart('-', '!', '+')))
                .ToArray();
            if (rejected.Length > 0)
            {
                map.Problem(
                    parameters,
                    "cipher_suites",
                    i,
                    $"Failed to initialize cipher suites {entry}. The following ciphers were rejected when tried individually: {string.Join(", ", rejected)}{NearestWord.Suggest(rejected[0], CipherSuites)}"
                );
            }
        }
    }
}
