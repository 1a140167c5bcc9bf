namespace MeshSim.ProxyRuntime.Core;

/// <summary>A 64-bit hash of text that is the same in every process and on every platform (FNV-1a, then a finalizer).</summary>
/// <remarks>For seeds and for orders that must not vary; not for hash balancing, which needs Envoy's own functions.</remarks>
public static class StableHash
{
    private const ulong FnvOffset = 14695981039346656037;
    private const ulong FnvPrime = 1099511628211;

    /// <summary>Hashes UTF-16 code units, continuing from <paramref name="seed"/>.</summary>
    public static ulong Of(ReadOnlySpan<char> text, ulong seed = 0)
    {
        var hash = FnvOffset ^ Mix(seed);
        foreach (var c in text)
        {
            hash = (hash ^ (byte)c) * FnvPrime;
            hash = (hash ^ (byte)(c >> 8)) * FnvPrime;
        }

        return Mix(hash);
    }

    /// <summary>SplitMix64's finalizer: spreads every input bit over the whole word.</summary>
    public static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
