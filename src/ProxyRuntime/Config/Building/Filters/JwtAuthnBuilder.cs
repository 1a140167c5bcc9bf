using System.Collections.Immutable;
using Envoy.Extensions.Filters.Http.JwtAuthn.V3;
using MeshSim.ProxyRuntime.Core;
using ClaimMessage = Envoy.Extensions.Filters.Http.JwtAuthn.V3.JwtClaimToHeader;
using JwksAsyncFetch = MeshSim.ProxyRuntime.Core.JwksAsyncFetch;
using JwtClaimToHeader = MeshSim.ProxyRuntime.Core.JwtClaimToHeader;
using JwtProvider = MeshSim.ProxyRuntime.Core.JwtProvider;
using JwtRequirement = MeshSim.ProxyRuntime.Core.JwtRequirement;
using ProviderMessage = Envoy.Extensions.Filters.Http.JwtAuthn.V3.JwtProvider;
using RemoteJwks = MeshSim.ProxyRuntime.Core.RemoteJwks;
using RemoteMessage = Envoy.Extensions.Filters.Http.JwtAuthn.V3.RemoteJwks;
using RequirementMessage = Envoy.Extensions.Filters.Http.JwtAuthn.V3.JwtRequirement;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>envoy.filters.http.jwt_authn and its settings for single routes.</summary>
internal sealed class JwtAuthnBuilder(BuildContext context)
{
    public JwtAuthnSettings Build(JwtAuthentication message) =>
        new()
        {
            Providers = [.. message.Providers.OrderBy(static entry => entry.Key, StringComparer.Ordinal).Select(entry => Provider(entry.Key, entry.Value))],
            Rules = [.. message.Rules.Select(rule => Rule(message, rule)).OfType<JwtRule>()],
            RequirementMap = Named(message.RequirementMap),
            FilterStateRules = message.FilterStateRules is { } state ? new JwtFilterStateRules(state.Name, Named(state.Requires)) : null,
            BypassCorsPreflight = message.BypassCorsPreflight,
            StripFailureResponse = message.StripFailureResponse,
            StatPrefix = message.StatPrefix,
        };

    public static JwtRouteSettings BuildPerRoute(PerRouteConfig message) =>
        new(message.RequirementSpecifierCase == PerRouteConfig.RequirementSpecifierOneofCase.RequirementName ? message.RequirementName : null);

    private JwtProvider Provider(string name, ProviderMessage message) =>
        new()
        {
            Name = name,
            Issuer = message.Issuer,
            Audiences = [.. message.Audiences],
            Subjects = new MatcherBuilder(context).Text(message.Subjects),
            RequireExpiration = message.RequireExpiration,
            MaxLifetimeNs = message.MaxLifetime is { } lifetime ? BuildContext.Nanoseconds(lifetime, 0) : null,
            LocalJwks = LocalJwks(name, message),
            RemoteJwks = message.RemoteJwks is { } remote ? Remote(remote) : null,
            FromHeaders = [.. message.FromHeaders.Where(static header => header.Name.Length > 0).Select(Source)],
            FromParams = [.. message.FromParams],
            FromCookies = [.. message.FromCookies],
            Forward = message.Forward,
            ForwardPayloadHeader = message.ForwardPayloadHeader.Length > 0 ? HeaderName.Of(message.ForwardPayloadHeader) : null,
            PadForwardPayloadHeader = message.PadForwardPayloadHeader,
            PayloadInMetadata = message.PayloadInMetadata,
            SpaceDelimitedClaims = [.. message.NormalizePayloadInMetadata?.SpaceDelimitedClaims ?? []],
            HeaderInMetadata = message.HeaderInMetadata,
            FailedStatusInMetadata = message.FailedStatusInMetadata,
            ClockSkewSeconds = message.ClockSkewSeconds == 0 ? JwtProvider.ClockSkewSecondsDefault : message.ClockSkewSeconds,
            Cache = Cache(message.JwtCacheConfig),
            ClaimToHeaders = [.. message.ClaimToHeaders.Where(static claim => claim.HeaderName.Length > 0).Select(Claim)],
            ClearRouteCache = message.ClearRouteCache,
        };

    /// <summary>The keys; null where they are remote, where there are none, and, with a problem, where they are no keys.</summary>
    private Jwks? LocalJwks(string name, ProviderMessage message)
    {
        if (message.LocalJwks is null || new DataSourceReader(context).Read(message, "local_jwks", message.LocalJwks) is not { IsEmpty: false } text)
        {
            return null;
        }

        var keys = Jwks.TryParse(text.Span, out var status);
        if (keys is null)
        {
            context.Map.Problem(message, "local_jwks", $"Provider '{name}' in jwt_authn config has invalid local jwks: {status.Text()}");
        }

        return keys;
    }

    private RemoteJwks Remote(RemoteMessage message)
    {
        var (scheme, host, path) = UriParts.Of(message.HttpUri?.Uri ?? "");
        return new RemoteJwks(message.HttpUri?.Cluster ?? "", scheme, host, path, BuildContext.MillisecondsNs(message.HttpUri?.Timeout, 0))
        {
            CacheDurationNs = message.CacheDuration is { } duration ? duration.Seconds * MonotonicTime.NanosecondsPerSecond : RemoteJwks.CacheDurationNsDefault,
            AsyncFetch = message.AsyncFetch is { } fetch
                ? new JwksAsyncFetch(fetch.FastListener, BuildContext.MillisecondsNs(fetch.FailedRefetchDuration, MonotonicTime.NanosecondsPerSecond))
                : null,
            RetryPolicy = new RetryPolicyBuilder(context).Build(message.RetryPolicy, RetryPolicyBuilder.OwnRequests),
        };
    }

    private static JwtHeaderSource Source(JwtHeader message) => new(HeaderName.Of(message.Name), message.ValuePrefix);

    private static JwtClaimToHeader Claim(ClaimMessage message) => new(HeaderName.Of(message.HeaderName), [.. message.ClaimName.Split('.')]);

    private static JwtCacheSettings? Cache(JwtCacheConfig? message) =>
        message is null
            ? null
            : new JwtCacheSettings(
                OrDefault(message.JwtCacheSize, JwtCacheSettings.SizeDefault),
                OrDefault(message.JwtMaxTokenSize, JwtCacheSettings.TokenBytesMaxDefault)
            );

    private static int OrDefault(uint value, int fallback) => value == 0 ? fallback : (int)Math.Min(value, int.MaxValue);

    /// <summary>The rule; null, with a problem, if it matches nothing that can be.</summary>
    private JwtRule? Rule(JwtAuthentication settings, RequirementRule message)
    {
        if (message.Match is null || new RouteMatchBuilder(context).Build(message.Match) is not { } match)
        {
            return null;
        }

        // As in Envoy, nothing else of a match is looked at here.
        var looked = new RouteMatch(match.Path) { Headers = match.Headers, QueryParameters = match.QueryParameters };
        return message.RequirementTypeCase switch
        {
            RequirementRule.RequirementTypeOneofCase.Requires => new JwtRule(looked, Requirement(message.Requires)),
            RequirementRule.RequirementTypeOneofCase.RequirementName => settings.RequirementMap.TryGetValue(message.RequirementName, out var named)
                ? new JwtRule(looked, Requirement(named))
                : null,
            _ => new JwtRule(looked, null),
        };
    }

    private static ImmutableArray<NamedJwtRequirement> Named(IReadOnlyCollection<KeyValuePair<string, RequirementMessage>> entries) =>
        [
            .. entries
                .OrderBy(static entry => entry.Key, StringComparer.Ordinal)
                .Select(static entry => new NamedJwtRequirement(entry.Key, Requirement(entry.Value))),
        ];

    private static JwtRequirement Requirement(RequirementMessage message) =>
        message.RequiresTypeCase switch
        {
            RequirementMessage.RequiresTypeOneofCase.ProviderName => new JwtProviderRequirement(message.ProviderName, []),
            RequirementMessage.RequiresTypeOneofCase.ProviderAndAudiences => new JwtProviderRequirement(
                message.ProviderAndAudiences.ProviderName,
                [.. message.ProviderAndAudiences.Audiences]
            ),
            RequirementMessage.RequiresTypeOneofCase.RequiresAny => new JwtAnyRequirement([.. message.RequiresAny.Requirements.Select(Requirement)]),
            RequirementMessage.RequiresTypeOneofCase.RequiresAll => new JwtAllRequirement([.. message.RequiresAll.Requirements.Select(Requirement)]),
            RequirementMessage.RequiresTypeOneofCase.AllowMissingOrFailed => JwtRequirement.AllowMissingOrFailed,
            RequirementMessage.RequiresTypeOneofCase.AllowMissing => JwtRequirement.AllowMissing,
            _ => JwtRequirement.AllowAll,
        };
}
