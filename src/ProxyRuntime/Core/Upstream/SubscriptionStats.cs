using System.Text;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>What is counted of the subscription to the endpoints of one cluster under <c>cluster.&lt;name&gt;.</c>, beside <see cref="MembershipStats"/>.</summary>
internal sealed class SubscriptionStats
{
    private readonly Gauge updateTime;
    private readonly Gauge version;

    public SubscriptionStats(StatSheet sheet, string statName)
    {
        var root = $"cluster.{statName}.";
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
