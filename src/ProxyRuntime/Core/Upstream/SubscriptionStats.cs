using System.Text;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>What is counted of one subscription: to the endpoints of a cluster, or to listeners.</summary>
internal sealed class SubscriptionStats
{
    private readonly Gauge updateTime;
    private readonly Gauge version;

    /// <param name="root">What their names begin with, <c>cluster.&lt;name&gt;.</c></param>
    public SubscriptionStats(StatSheet sheet, string root)
    {
        InitFetchTimeout = sheet.Counter(root + "init_fetch_timeout");
        UpdateRejected = sheet.Counter(root + "update_rejected");
        updateTime = sheet.Gauge(root + "update_time");
        version = sheet.Gauge(root + "version");
        _ = sheet.Histogram(root + "update_duration"); // Of streams alone.
    }

    public Counter InitFetchTimeout { get; }

    public Counter UpdateRejected { get; }

    /// <summary>A response was taken over: when, and a hash of its version_info.</summary>
    public void Succeeded(long unixNs, string versionInfo)
    {
        updateTime.Set(unixNs / MonotonicTime.NanosecondsPerMillisecond);
        version.Set(unchecked((long)XxHash64.Of(Encoding.UTF8.GetBytes(versionInfo))));
    }
}
