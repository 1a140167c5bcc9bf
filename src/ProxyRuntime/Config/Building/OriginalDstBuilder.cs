using Envoy.Config.Cluster.V3;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>Where requests of ORIGINAL_DST clusters say their host.</summary>
internal static class OriginalDstBuilder
{
    private const string DefaultHeader = "x-envoy-original-dst-host";

    public static OriginalDstSnapshot Build(Cluster cluster)
    {
        var settings = cluster.OriginalDstLbConfig;
        return new OriginalDstSnapshot(
            settings is { UseHttpHeader: true } ? HeaderName.Of(settings.HttpHeaderName.Length > 0 ? settings.HttpHeaderName : DefaultHeader) : null,
            settings?.MetadataKey?.Key ?? "",
            [.. settings?.MetadataKey?.Path.Select(static segment => segment.Key) ?? []],
            (int?)settings?.UpstreamPortOverride,
            BuildContext.MillisecondsNs(cluster.CleanupInterval, OriginalDstSnapshot.DefaultCleanupIntervalNs)
        );
    }
}
