namespace MeshSim.ProxyRuntime.Core;

/// <summary>mt19937: the sequence that bounded load shuffles hosts by, the same for the same hash everywhere.</summary>
internal sealed class MersenneTwister
{
    private const int Size = 624;
    private const int Shift = 397;

    private readonly uint[] state = new uint[Size];
    private int index;

    public MersenneTwister(uint seed)
    {
        state[0] = seed;
        for (var i = 1U; i < Size; i++)
        {
            state[i] = unchecked((1_812_433_253 * (state[i - 1] ^ (state[i - 1] >> 30))) + i);
        }

        index = Size;
    }

    public uint Next()
    {
        if (index == Size)
        {
            Twist();
        }

        var value = state[index++];
        value ^= value >> 11;
        value ^= (value << 7) & 0x9d2c5680;
        value ^= (value << 15) & 0xefc60000;
        return value ^ (value >> 18);
    }

    /// <summary>Uniform in [0, exclusiveMax).</summary>
    public uint Next(uint exclusiveMax)
    {
        var width = (1UL << 32) / exclusiveMax;
        uint value;
        do
        {
            value = (uint)(Next() / width);
        } while (value >= exclusiveMax);

        return value;
    }

    private void Twist()
    {
        for (var i = 0; i < Size; i++)
        {
            var value = (state[i] & 0x80000000) | (state[(i + 1) % Size] & 0x7fffffff);
            state[i] = state[(i + Shift) % Size] ^ (value >> 1) ^ ((value & 1) == 0 ? 0 : 0x9908b0df);
        }

        index = 0;
    }
}
