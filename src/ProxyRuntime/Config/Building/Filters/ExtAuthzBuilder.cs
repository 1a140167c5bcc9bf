using System.Collections.Immutable;
using Envoy.Extensions.Filters.Http.ExtAuthz.V3;
using Envoy.Type.Matcher.V3;
using MeshSim.ProxyRuntime.Core;
using BufferMessage = Envoy.Extensions.Filters.Http.ExtAuthz.V3.BufferSettings;
using HeaderMutationRules = MeshSim.ProxyRuntime.Core.HeaderMutationRules;
using RulesMessage = Envoy.Config.Common.MutationRules.V3.HeaderMutationRules;
using StringMatcher = MeshSim.ProxyRuntime.Core.StringMatcher;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>envoy.filters.http.ext_authz and its settings for single routes.</summary>
internal sealed class ExtAuthzBuilder(BuildContext context)
{
    /// <summary>The settings; null, with a problem, if there is no service that can be asked.</summary>
    public ExtAuthzSettings? Build(ExtAuthz message)
    {
        if (Service(message) is not { } service)
        {
            return null;
        }

        return new ExtAuthzSettings
        {
            Service = service,
            FailureModeAllow = message.FailureModeAllow,
            FailureModeAllowHeaderAdd = message.FailureModeAllowHeaderAdd,
            Body = Body(message.WithRequestBody),
            ClearRouteCache = message.ClearRouteCache,
            StatusOnError = (int?)message.StatusOnError?.Code is >= 200 and <= 511 and var code ? code : ExtAuthzSettings.StatusOnErrorDefault,
            ValidateMutations = message.ValidateMutations,
            MetadataNamespaces = [.. message.MetadataContextNamespaces],
            RouteMetadataNamespaces = [.. message.RouteMetadataContextNamespaces],
            FilterEnabled = MatcherBuilder.Fraction(message.FilterEnabled),
            FilterEnabledMetadata = new MetadataBuilder(context).Matcher(message.FilterEnabledMetadata),
            DenyAtDisable = message.DenyAtDisable is { } flag ? new RuntimeFlag(flag.DefaultValue ?? false, flag.RuntimeKey) : null,
            IncludePeerCertificate = message.IncludePeerCertificate,
            IncludeTlsSession = message.IncludeTlsSession,
            StatPrefix = message.StatPrefix,
            DestinationLabels = Labels(message.BootstrapMetadataLabelsKey),
            AllowedHeaders = AllowedHeaders(message),
            DisallowedHeaders = Patterns(message.DisallowedHeaders),
            ChargeClusterResponseStats = message.ChargeClusterResponseStats ?? true,
            EncodeRawHeaders = message.EncodeRawHeaders,
            MutationRules = message.DecoderHeaderMutationRules is { } rules ? Rules(rules) : null,
            EnableDynamicMetadataIngestion = message.EnableDynamicMetadataIngestion ?? true,
            EmitFilterStateStats = message.EmitFilterStateStats,
            HasFilterMetadata = message.FilterMetadata is not null,
            MaxDeniedResponseBodyBytes = (int)Math.Min(message.MaxDeniedResponseBodyBytes, int.MaxValue),
        };
    }

    public ExtAuthzRouteSettings BuildPerRoute(ExtAuthzPerRoute message)
    {
        var check = message.CheckSettings;
        return new ExtAuthzRouteSettings
        {
            Disabled = message.Disabled,
            ContextExtensions = Sorted(check?.ContextExtensions),
            DisableRequestBodyBuffering = check?.DisableRequestBodyBuffering ?? false,
            Body = Body(check?.WithRequestBody),
            Service =
                check?.GrpcService is { } grpc ? Grpc(grpc)
                : check?.HttpService is { } http ? Http(http)
                : null,
        };
    }

    private ExtAuthzService? Service(ExtAuthz message)
    {
        if (message.ServicesCase == ExtAuthz.ServicesOneofCase.None)
        {
            context.Map.Problem(message, "grpc_service", "there is no service to ask; accepted: grpc_service, http_service");
            return null;
        }

        return message.GrpcService is { } grpc ? Grpc(grpc) : Http(message.HttpService);
    }

    private ExtAuthzGrpcService? Grpc(Envoy.Config.Core.V3.GrpcService message) =>
        new GrpcServiceBuilder(context).Build(message) is { } service ? new ExtAuthzGrpcService(service) : null;

    private ExtAuthzHttpService Http(HttpService message)
    {
        var answer = message.AuthorizationResponse;
        return new ExtAuthzHttpService(message.ServerUri?.Cluster ?? "")
        {
            TimeoutNs = BuildContext.MillisecondsNs(message.ServerUri?.Timeout, ExtAuthzService.TimeoutNsDefault),
            PathPrefix = message.PathPrefix,
            HeadersToAdd = new GrpcServiceBuilder(context).Headers(message.AuthorizationRequest?.HeadersToAdd ?? []),
            AllowedUpstreamHeaders = Patterns(answer?.AllowedUpstreamHeaders),
            AllowedUpstreamHeadersToAppend = Patterns(answer?.AllowedUpstreamHeadersToAppend),
            AllowedClientHeaders = Patterns(answer?.AllowedClientHeaders),
            AllowedClientHeadersOnSuccess = Patterns(answer?.AllowedClientHeadersOnSuccess),
            DynamicMetadataFromHeaders = Patterns(answer?.DynamicMetadataFromHeaders),
            RetryPolicy = new RetryPolicyBuilder(context).Build(message.RetryPolicy, RetryPolicyBuilder.OwnRequests),
        };
    }

    /// <summary>By gRPC only the filter's own list counts; by HTTP that of authorization_request is the stronger.</summary>
    private NamePatterns? AllowedHeaders(ExtAuthz message) =>
        (message.HttpService?.AuthorizationRequest?.AllowedHeaders ?? message.AllowedHeaders) is { } list ? Patterns(list) : null;

    private NamePatterns Patterns(ListStringMatcher? list) =>
        list is null || list.Patterns.Count == 0
            ? NamePatterns.None
            : new NamePatterns([.. list.Patterns.Select(new MatcherBuilder(context).Text).OfType<StringMatcher>()]);

    private static ExtAuthzBodySettings? Body(BufferMessage? message) =>
        message is null ? null : new ExtAuthzBodySettings(message.MaxRequestBytes, message.AllowPartialMessage, message.PackAsBytes);

    private static HeaderMutationRules Rules(RulesMessage message) =>
        new()
        {
            AllowAllRouting = message.AllowAllRouting ?? false,
            AllowEnvoy = message.AllowEnvoy ?? false,
            DisallowSystem = message.DisallowSystem ?? false,
            DisallowAll = message.DisallowAll ?? false,
            AllowExpression = MatcherBuilder.Regex(message.AllowExpression),
            DisallowExpression = MatcherBuilder.Regex(message.DisallowExpression),
            DisallowIsError = message.DisallowIsError ?? false,
        };

    /// <summary>The texts of a struct in the node's metadata.</summary>
    private ImmutableArray<KeyValuePair<string, string>> Labels(string key) =>
        key.Length > 0 && context.NodeMetadata?.Fields.TryGetValue(key, out var labels) == true
            ? Sorted(labels.StructValue?.Fields.Select(static label => KeyValuePair.Create(label.Key, label.Value.StringValue)))
            : [];

    private static ImmutableArray<KeyValuePair<string, string>> Sorted(IEnumerable<KeyValuePair<string, string>>? entries) =>
        [.. (entries ?? []).OrderBy(static entry => entry.Key, StringComparer.Ordinal)];
}
