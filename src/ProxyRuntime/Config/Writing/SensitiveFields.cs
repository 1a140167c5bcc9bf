using Google.Protobuf.Reflection;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>Fields whose contents no dump shows: those that Envoy's API marks as sensitive.</summary>
internal static class SensitiveFields
{
    /// <summary>What stands in place of a text.</summary>
    public const string Mark = "[redacted]";

    private static readonly HashSet<string> Names = new(StringComparer.Ordinal)
    {
        "envoy.config.core.v3.GrpcService.GoogleGrpc.SslCredentials.private_key",
        "envoy.config.grpc_credential.v3.FileBasedMetadataConfig.secret_data",
        "envoy.config.trace.v3.ClientConfig.backend_token",
        "envoy.extensions.common.aws.v3.AssumeRoleWithWebIdentityCredentialProvider.web_identity_token_data_source",
        "envoy.extensions.common.aws.v3.CredentialsFileCredentialProvider.credentials_data_source",
        "envoy.extensions.common.aws.v3.IAMRolesAnywhereCredentialProvider.private_key",
        "envoy.extensions.common.aws.v3.InlineCredentialProvider.secret_access_key",
        "envoy.extensions.common.aws.v3.InlineCredentialProvider.session_token",
        "envoy.extensions.filters.http.api_key_auth.v3.ApiKeyAuth.credentials",
        "envoy.extensions.filters.http.api_key_auth.v3.ApiKeyAuthPerRoute.credentials",
        "envoy.extensions.filters.http.basic_auth.v3.BasicAuth.users",
        "envoy.extensions.filters.http.basic_auth.v3.BasicAuthPerRoute.users",
        "envoy.extensions.filters.http.ext_authz.v3.CheckSettings.context_extensions",
        "envoy.extensions.filters.network.redis_proxy.v3.RedisProtocolOptions.auth_password",
        "envoy.extensions.filters.network.redis_proxy.v3.RedisProtocolOptions.auth_username",
        "envoy.extensions.filters.network.redis_proxy.v3.RedisProxy.downstream_auth_password",
        "envoy.extensions.filters.network.redis_proxy.v3.RedisProxy.downstream_auth_passwords",
        "envoy.extensions.filters.network.redis_proxy.v3.RedisProxy.downstream_auth_username",
        "envoy.extensions.grpc_service.call_credentials.file_based_metadata.v3.FileBasedMetadataCallCredentials.secret_data",
        "envoy.extensions.transport_sockets.tls.v3.GenericSecret.secret",
        "envoy.extensions.transport_sockets.tls.v3.GenericSecret.secrets",
        "envoy.extensions.transport_sockets.tls.v3.PrivateKeyProvider.typed_config",
        "envoy.extensions.transport_sockets.tls.v3.TlsCertificate.password",
        "envoy.extensions.transport_sockets.tls.v3.TlsCertificate.pkcs12",
        "envoy.extensions.transport_sockets.tls.v3.TlsCertificate.private_key",
        "envoy.extensions.transport_sockets.tls.v3.TlsSessionTicketKeys.keys",
    };

    public static bool Contains(FieldDescriptor field) => Names.Contains(field.FullName);

    /// <summary>For what is not read here: a field of that type, or one that is called as secrets are at any depth, for nobody knows the types there.</summary>
    /// <param name="type">The type whose fields they are, as far as it is written.</param>
    public static bool Contains(string type, string field)
    {
        var name = SnakeCase(field);
        return Names.Contains($"{type}.{name}") || OfAnyType.Contains(name);
    }

    private static readonly HashSet<string> OfAnyType = new(
        Names.Where(static name => !name.EndsWith(".typed_config", StringComparison.Ordinal)).Select(static name => name[(name.LastIndexOf('.') + 1)..]),
        StringComparer.Ordinal
    );

    private static string SnakeCase(string field) =>
        string.Concat(field.Select(static letter => char.IsAsciiLetterUpper(letter) ? $"_{char.ToLowerInvariant(letter)}" : $"{letter}"));
}
