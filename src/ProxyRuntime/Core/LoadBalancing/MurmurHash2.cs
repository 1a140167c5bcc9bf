using System.Buffers.Binary;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>MurmurHash2 of 64 bits as the C++ standard library of GCC hashes strings, with its seed.</summary>
internal static class MurmurHash2
{
    private const ulong Seed = 0xc70f6907;
    private const ulong Multiplier = 0xc6a4a7935bd1e995;

    public static ulong Of(ReadOnlySpan<byte> data)
    {
        unchecked
        {
            var hash = Seed ^ ((ulong)data.Length * Multiplier);
            for (; data.Length >= 8; data = data[8..])
            {
                var word = Mix(BinaryPrimitives.ReadUInt64LittleEndian(data) * Multiplier) * Multiplier;
                hash = (hash ^ word) * Multiplier;
            }

            if (!data.IsEmpty)
            {
                var rest = 0UL;
                for (var i = data.Length - 1; i >= 0; i--)
                {
                    rest = (rest << 8) | data[i];
                }

                hash = (hash ^ rest) * Multiplier;
            }

            return Mix(Mix(hash) * Multiplier);
        }
    }

    private static ulong Mix(ulong value) => value ^ (value >> 47);
}
