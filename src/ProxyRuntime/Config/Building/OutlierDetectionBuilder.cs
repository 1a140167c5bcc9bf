using Envoy.Config.Cluster.V3;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>outlier_detection.</summary>
internal static class OutlierDetectionBuilder
{
    public static OutlierDetectionSnapshot? Build(OutlierDetection? message)
    {
        if (message is null)
        {
            return null;
        }

        var defaults = OutlierDetectionSnapshot.Default;
        var baseNs = BuildContext.MillisecondsNs(message.BaseEjectionTime, defaults.BaseEjectionTimeNs);
        return new OutlierDetectionSnapshot
        {
            IntervalNs = BuildContext.MillisecondsNs(message.Interval, defaults.IntervalNs),
            BaseEjectionTimeNs = baseNs,
            MaxEjectionTimeNs = BuildContext.MillisecondsNs(message.MaxEjectionTime, Math.Max(defaults.MaxEjectionTimeNs, baseNs)),
            MaxEjectionTimeJitterNs = BuildContext.MillisecondsNs(message.MaxEjectionTimeJitter, 0),
            MaxEjectionPercent = message.MaxEjectionPercent ?? defaults.MaxEjectionPercent,
            AlwaysEjectOneHost = message.AlwaysEjectOneHost ?? false,
            SuccessfulActiveHealthCheckUnejectHost = message.SuccessfulActiveHealthCheckUnejectHost ?? true,
            SplitsLocalOrigin = message.SplitExternalLocalOriginErrors,
            Consecutive5xx = message.Consecutive5Xx ?? defaults.Consecutive5xx,
            ConsecutiveGatewayFailure = message.ConsecutiveGatewayFailure ?? defaults.ConsecutiveGatewayFailure,
            ConsecutiveLocalOriginFailure = message.ConsecutiveLocalOriginFailure ?? defaults.ConsecutiveLocalOriginFailure,
            SuccessRateMinimumHosts = message.SuccessRateMinimumHosts ?? defaults.SuccessRateMinimumHosts,
            SuccessRateRequestVolume = message.SuccessRateRequestVolume ?? defaults.SuccessRateRequestVolume,
            SuccessRateStdevFactor = message.SuccessRateStdevFactor ?? defaults.SuccessRateStdevFactor,
            FailurePercentageThreshold = message.FailurePercentageThreshold ?? defaults.FailurePercentageThreshold,
            FailurePercentageMinimumHosts = message.FailurePercentageMinimumHosts ?? defaults.FailurePercentageMinimumHosts,
            FailurePercentageRequestVolume = message.FailurePercentageRequestVolume ?? defaults.FailurePercentageRequestVolume,
            EnforcingConsecutive5xx = message.EnforcingConsecutive5Xx ?? defaults.EnforcingConsecutive5xx,
            EnforcingConsecutiveGatewayFailure = message.EnforcingConsecutiveGatewayFailure ?? defaults.EnforcingConsecutiveGatewayFailure,
            EnforcingConsecutiveLocalOriginFailure = message.EnforcingConsecutiveLocalOriginFailure ?? defaults.EnforcingConsecutiveLocalOriginFailure,
            EnforcingSuccessRate = message.EnforcingSuccessRate ?? defaults.EnforcingSuccessRate,
            EnforcingLocalOriginSuccessRate = message.EnforcingLocalOriginSuccessRate ?? defaults.EnforcingLocalOriginSuccessRate,
            EnforcingFailurePercentage = message.EnforcingFailurePercentage ?? defaults.EnforcingFailurePercentage,
            EnforcingFailurePercentageLocalOrigin = message.EnforcingFailurePercentageLocalOrigin ?? defaults.EnforcingFailurePercentageLocalOrigin,
        };
    }
}
