namespace MeshSim.ProxyRuntime.Core;

/// <summary>Statistics of ext_authz under <c>http.&lt;stat_prefix&gt;.ext_authz.</c>, and again under the route's cluster.</summary>
internal sealed class ExtAuthzStats
{
    private readonly StatSheet sheet;
    private readonly string own;
    private readonly Dictionary<string, ExtAuthzClusterStats> clusters = new(StringComparer.Ordinal);

    /// <param name="own">stat_prefix of the filter; empty for none.</param>
    public ExtAuthzStats(StatSheet sheet, string managerPrefix, string own)
    {
        this.sheet = sheet;
        this.own = own;
        var prefix = FilterStatPrefix.Of(managerPrefix, "ext_authz", own);
        Ok = sheet.Counter(prefix + "ok");
        Denied = sheet.Counter(prefix + "denied");
        Error = sheet.Counter(prefix + "error");
        Disabled = sheet.Counter(prefix + "disabled");
        FailureModeAllowed = sheet.Counter(prefix + "failure_mode_allowed");
        Invalid = sheet.Counter(prefix + "invalid");
        IgnoredDynamicMetadata = sheet.Counter(prefix + "ignored_dynamic_metadata");
        FilterStateNameCollision = sheet.Counter(prefix + "filter_state_name_collision");
    }

    public Counter Ok { get; }

    public Counter Denied { get; }

    public Counter Error { get; }

    public Counter Disabled { get; }

    public Counter FailureModeAllowed { get; }

    public Counter Invalid { get; }

    public Counter IgnoredDynamicMetadata { get; }

    public Counter FilterStateNameCollision { get; }

    /// <summary>The statistics of a cluster; null for none.</summary>
    public ExtAuthzClusterStats? Of(ClusterSnapshot? cluster)
    {
        if (cluster is null)
        {
            return null;
        }

        if (!clusters.TryGetValue(cluster.StatName, out var stats))
        {
            var prefix = own.Length == 0 ? $"cluster.{cluster.StatName}.ext_authz." : $"cluster.{cluster.StatName}.ext_authz.{own}.";
            clusters[cluster.StatName] = stats = new ExtAuthzClusterStats(sheet, prefix);
        }

        return stats;
    }
}

/// <summary>What became of the requests to one cluster. Names appear when first used.</summary>
internal sealed class ExtAuthzClusterStats(StatSheet sheet, string prefix)
{
    private Counter? ok;
    private Counter? denied;
    private Counter? error;
    private Counter? invalid;
    private Counter? failureModeAllowed;

    public Counter Ok => ok ??= sheet.Counter(prefix + "ok");

    public Counter Denied => denied ??= sheet.Counter(prefix + "denied");

    public Counter Error => error ??= sheet.Counter(prefix + "error");

    public Counter Invalid => invalid ??= sheet.Counter(prefix + "invalid");

    public Counter FailureModeAllowed => failureModeAllowed ??= sheet.Counter(prefix + "failure_mode_allowed");
}
