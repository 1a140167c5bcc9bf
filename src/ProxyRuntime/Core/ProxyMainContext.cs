namespace MeshSim.ProxyRuntime.Core;

/// <summary>What the parts of the main machine have in common while it handles an input.</summary>
internal sealed class ProxyMainContext(ProxySnapshot snapshot)
{
    public NodeSnapshot Node { get; } = snapshot.Node;

    public RuntimeSnapshot Runtime { get; } = snapshot.Runtime;

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
