namespace MeshSim.ProxyRuntime.Core;

/// <summary>A reused list of effects, filled by one input and emptied by the driver before the next.</summary>
public sealed class EffectBuffer
{
    private Effect[] effects = new Effect[16];

    public int Count { get; private set; }

    public ref readonly Effect this[int index] => ref effects[index];

    public ReadOnlySpan<Effect> Span => effects.AsSpan(0, Count);

    /// <summary>Forgets all effects and what they referred to.</summary>
    public void Clear()
    {
        Array.Clear(effects, 0, Count);
        Count = 0;
    }

    /// <summary>A new effect at the end, to be filled in before the next is added: effects are large, and are not copied.</summary>
    internal ref Effect Add(EffectKind kind)
    {
        if (Count == effects.Length)
        {
            Array.Resize(ref effects, 2 * Count);
        }

        ref var effect = ref effects[Count++];
        effect.Kind = kind;
        return ref effect;
    }
}
