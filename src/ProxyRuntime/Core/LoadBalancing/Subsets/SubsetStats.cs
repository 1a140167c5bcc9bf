namespace MeshSim.ProxyRuntime.Core;

/// <summary>What is counted of subsets under <c>cluster.&lt;name&gt;.</c>. As in Envoy each worker has subsets of its own and so has the main machine.</summary>
internal sealed class SubsetStats(StatSheet sheet, string root)
{
    private readonly Gauge active = sheet.Gauge(root + "lb_subsets_active");
    private readonly Counter created = sheet.Counter(root + "lb_subsets_created");
    private readonly Counter removed = sheet.Counter(root + "lb_subsets_removed");

    public Counter Fallback { get; } = sheet.Counter(root + "lb_subsets_fallback");

    public Counter FallbackPanic { get; } = sheet.Counter(root + "lb_subsets_fallback_panic");

    public Counter Selected { get; } = sheet.Counter(root + "lb_subsets_selected");

    public void Changed(SubsetTables tables)
    {
        active.Set(tables.Subsets.Length);
        created.Add(tables.Created);
        removed.Add(tables.Removed);
    }
}
