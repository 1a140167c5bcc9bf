namespace MeshSim.ProxyRuntime.Core;

/// <summary>The flags of one response in the order they were set, at most eight, each once.</summary>
public struct ResponseFlags : IEquatable<ResponseFlags>
{
    private const int Capacity = 8;
    private ulong packed;

    public readonly bool IsEmpty => packed == 0;

    public readonly int Count
    {
        get
        {
            var n = 0;
            while (n < Capacity && this[n] != ResponseFlag.None)
            {
                n++;
            }

            return n;
        }
    }

    public readonly ResponseFlag this[int index] => (ResponseFlag)(byte)(packed >> (8 * index));

    public readonly bool Has(ResponseFlag flag)
    {
        for (var i = 0; i < Capacity; i++)
        {
            if (this[i] == flag)
            {
                return true;
            }
        }

        return false;
    }

    public void Set(ResponseFlag flag)
    {
        if (!Has(flag) && Count is var n and < Capacity)
        {
            packed |= (ulong)flag << (8 * n);
        }
    }

    public readonly bool Equals(ResponseFlags other) => packed == other.packed;

    public override readonly bool Equals(object? obj) => obj is ResponseFlags other && Equals(other);

    public override readonly int GetHashCode() => packed.GetHashCode();

    public static bool operator ==(ResponseFlags left, ResponseFlags right) => left.Equals(right);

    public static bool operator !=(ResponseFlags left, ResponseFlags right) => !left.Equals(right);
}
