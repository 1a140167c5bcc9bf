namespace MeshSim.Scenarios.Engine;

/// <summary>
/// Which pods go to which partition. It changes how fast a run goes, never what comes out. Zones stay together where there are at least as
/// many as partitions, or where a cut through one is needed to balance.
/// </summary>
internal static class PodPlacement
{
    /// <summary>The partition of each pod.</summary>
    public static int[] Place(IReadOnlyList<Pod> pods, int partitions)
    {
        var placed = new int[pods.Count];
        if (pods.Select(static pod => pod.Zone).Distinct(StringComparer.Ordinal).Count() < 2)
        {
            for (var i = 0; i < placed.Length; i++)
            {
                placed[i] = i % partitions;
            }

            return placed;
        }

        // In the order of zones, as many entities to each partition: at most partitions − 1 zones are cut.
        var total = pods.Sum(static pod => (long)pod.Entities);
        var before = 0L;
        foreach (var pod in pods.OrderBy(static pod => pod.Zone, StringComparer.Ordinal).ThenBy(static pod => pod.Number))
        {
            placed[pod.Number] = (int)Math.Min(partitions - 1, before * partitions / Math.Max(1, total));
            before += pod.Entities;
        }

        return placed;
    }
}
