namespace MeshSim.ProxyRuntime.Core;

/// <summary>What the parts of the main machine have in common while it handles an input.</summary>
internal sealed class ProxyMainContext
{
    public ProxyMainContext(ProxySnapshot snapshot, RandomSource random)
    {
        Node = snapshot.Node;
        Runtime = snapshot.Runtime;
        Random = random;
        ClusterUpdatedViaMerge = Stats.Counter("cluster_manager.cluster_updated_via_merge");
        UpdateMergeCancelled = Stats.Counter("cluster_manager.update_merge_cancelled");
        UpdateOutOfMergeWindow = Stats.Counter("cluster_manager.update_out_of_merge_window");
    }

    public NodeSnapshot Node { get; }

    public RuntimeSnapshot Runtime { get; }

    public RandomSource Random { get; }

    /// <summary>Changes of health that were held back and then told.</summary>
    public Counter ClusterUpdatedViaMerge { get; }

    /// <summary>Changes of health that were told with the coming or going of hosts.</summary>
    public Counter UpdateMergeCancelled { get; }

    /// <summary>Changes of health that were told at once.</summary>
    public Counter UpdateOutOfMergeWindow { get; }

    public MonotonicTime Now { get; private set; }

    public EffectBuffer Effects { get; private set; } = null!;

    public TimerQueue Timers { get; } = new();

    public StatSheet Stats { get; } = new();

    public void Begin(MonotonicTime now, EffectBuffer effects)
    {
        Now = now;
        Effects = effects;
    }
}
