using Envoy.Extensions.Filters.Http.Fault.V3;
using MeshSim.ProxyRuntime.Core;
using DelayMessage = Envoy.Extensions.Filters.Common.Fault.V3.FaultDelay;
using FaultAbort = MeshSim.ProxyRuntime.Core.FaultAbort;
using RateLimitMessage = Envoy.Extensions.Filters.Common.Fault.V3.FaultRateLimit;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>envoy.filters.http.fault, of a filter and of single routes alike.</summary>
internal sealed class FaultBuilder(BuildContext context)
{
    public FaultSettings Build(HTTPFault fault) =>
        new()
        {
            Delay = Delay(fault.Delay),
            Abort = Abort(fault.Abort),
            ResponseRateLimit = RateLimit(fault.ResponseRateLimit),
            UpstreamCluster = fault.UpstreamCluster,
            Headers = [.. fault.Headers.Select(new MatcherBuilder(context).Header).OfType<HeaderMatcher>()],
            DownstreamNodes = [.. fault.DownstreamNodes],
            MaxActiveFaults = fault.MaxActiveFaults,
            DelayPercentKey = Or(fault.DelayPercentRuntime, FaultSettings.DefaultDelayPercentKey),
            AbortPercentKey = Or(fault.AbortPercentRuntime, FaultSettings.DefaultAbortPercentKey),
            DelayDurationKey = Or(fault.DelayDurationRuntime, FaultSettings.DefaultDelayDurationKey),
            AbortHttpStatusKey = Or(fault.AbortHttpStatusRuntime, FaultSettings.DefaultAbortHttpStatusKey),
            AbortGrpcStatusKey = Or(fault.AbortGrpcStatusRuntime, FaultSettings.DefaultAbortGrpcStatusKey),
            MaxActiveFaultsKey = Or(fault.MaxActiveFaultsRuntime, FaultSettings.DefaultMaxActiveFaultsKey),
            ResponseRateLimitPercentKey = Or(fault.ResponseRateLimitPercentRuntime, FaultSettings.DefaultResponseRateLimitPercentKey),
            DisableDownstreamClusterStats = fault.DisableDownstreamClusterStats,
            FilterMetadata = fault.FilterMetadata is null ? MetadataValue.EmptyStruct : MetadataBuilder.Value(fault.FilterMetadata),
        };

    private static FaultDelay? Delay(DelayMessage? delay) =>
        delay is null
            ? null
            : new FaultDelay(
                BuildContext.MillisecondsNs(delay.FixedDelay) / MonotonicTime.NanosecondsPerMillisecond,
                MatcherBuilder.Percent(delay.Percentage, FractionalPercent.Never)
            );

    private static FaultAbort? Abort(Envoy.Extensions.Filters.Http.Fault.V3.FaultAbort? abort) =>
        abort is null
            ? null
            : new FaultAbort(
                abort.HasHttpStatus ? (int)abort.HttpStatus : null,
                abort.HasGrpcStatus ? (int)Math.Min(abort.GrpcStatus, int.MaxValue) : null,
                MatcherBuilder.Percent(abort.Percentage, FractionalPercent.Never)
            );

    private static FaultRateLimit? RateLimit(RateLimitMessage? limit) =>
        limit is null ? null : new FaultRateLimit(limit.FixedLimit?.LimitKbps, MatcherBuilder.Percent(limit.Percentage, FractionalPercent.Never));

    private static string Or(string text, string fallback) => text.Length > 0 ? text : fallback;
}
