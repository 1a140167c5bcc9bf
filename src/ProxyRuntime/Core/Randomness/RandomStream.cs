using System.Numerics;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>One stream of random numbers (xoshiro256**), cheap, reproducible on every platform, owned by one entity.</summary>
public sealed class RandomStream
{
    private ulong s0;
    private ulong s1;
    private ulong s2;
    private ulong s3;

    public RandomStream(ulong seed)
    {
        const ulong golden = 0x9E3779B97F4A7C15;
        s0 = StableHash.Mix(seed += golden);
        s1 = StableHash.Mix(seed += golden);
        s2 = StableHash.Mix(seed += golden);
        s3 = StableHash.Mix(seed + golden);
    }

    /// <summary>Uniform over all 64-bit values.</summary>
    public ulong NextUInt64()
    {
        var result = BitOperations.RotateLeft(s1 * 5, 7) * 9;
        var t = s1 << 17;
        s2 ^= s0;
        s3 ^= s1;
        s1 ^= s2;
        s0 ^= s3;
        s2 ^= t;
        s3 = BitOperations.RotateLeft(s3, 45);
        return result;
    }

    /// <summary>Uniform in [0, 1) with 53 bits.</summary>
    public double NextDouble() => (NextUInt64() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Envoy's <c>random % n</c>: 0 to <paramref name="exclusiveMax"/> − 1. The maximum must be positive.</summary>
    public long NextModulo(long exclusiveMax) => (long)(NextUInt64() % (ulong)exclusiveMax);
}
