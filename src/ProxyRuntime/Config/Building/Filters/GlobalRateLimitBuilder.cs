using Envoy.Extensions.Filters.Http.Ratelimit.V3;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>envoy.filters.http.ratelimit and its settings for single routes.</summary>
internal sealed class GlobalRateLimitBuilder(BuildContext context)
{
    /// <summary>The settings; null, with a problem, if there is no service that can be asked.</summary>
    public RateLimitSettings? Build(RateLimit message)
    {
        if (message.RateLimitService?.GrpcService is not { } grpc || new GrpcServiceBuilder(context).Build(grpc) is not { } service)
        {
            return null;
        }

        return new RateLimitSettings
        {
            Domain = message.Domain,
            Service = service,
            Stage = message.Stage,
            RequestType = message.RequestType switch
            {
                "internal" => RateLimitRequestType.Internal,
                "external" => RateLimitRequestType.External,
                _ => RateLimitRequestType.Both,
            },
            TimeoutNs = BuildContext.MillisecondsNs(message.Timeout, RateLimitSettings.DefaultTimeoutNs),
            FailureModeDeny = message.FailureModeDeny,
            FailureModeDenyPercent = MatcherBuilder.Fraction(message.FailureModeDenyPercent),
            RateLimitedAsResourceExhausted = message.RateLimitedAsResourceExhausted,
            EnableXRateLimitHeaders = message.EnableXRatelimitHeaders == RateLimit.Types.XRateLimitHeadersRFCVersion.DraftVersion03,
            DisableXEnvoyRateLimitedHeader = message.DisableXEnvoyRatelimitedHeader,
            RateLimitedStatus = (int?)message.RateLimitedStatus?.Code is >= 400 and var code ? code : RateLimitSettings.DefaultRateLimitedStatus,
            StatusOnError = (int?)message.StatusOnError?.Code is >= 100 and <= 511 and var error ? error : RateLimitSettings.DefaultStatusOnError,
            ResponseHeaders = new HeaderMutationBuilder(context).Build(message.ResponseHeadersToAdd, []),
            StatPrefix = message.StatPrefix,
            FilterEnabled = MatcherBuilder.Fraction(message.FilterEnabled),
            FilterEnforced = MatcherBuilder.Fraction(message.FilterEnforced),
            RateLimits = new RateLimitBuilder(context).BuildEmbedded(message.RateLimits),
        };
    }

    public RateLimitRouteSettings BuildPerRoute(RateLimitPerRoute message) =>
        new()
        {
            VhRateLimits = (VhRateLimits)(int)message.VhRateLimits,
            RateLimits = new RateLimitBuilder(context).BuildEmbedded(message.RateLimits),
            Domain = message.Domain,
        };
}
