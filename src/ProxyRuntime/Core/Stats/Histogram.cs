namespace MeshSim.ProxyRuntime.Core;

/// <summary>
/// A log-linear histogram of non-negative integers with two significant decimal digits, as Envoy's: bins are 0, then
/// 1–9 one by one, then 10–99 in each power of ten, so a bin is at most a tenth of its lower bound wide. Merging adds bins.
/// </summary>
public sealed class Histogram(string name)
{
    /// <summary>Zero, nine single digits, then ninety bins for each further decade up to 10^18.</summary>
    public const int BinCount = 1 + 9 + (90 * 18);

    private long[]? bins;
    private long count;
    private long sum;

    public string Name { get; } = name;

    public long Count => Volatile.Read(ref count);

    /// <summary>Sum of the recorded values as they were, not of the bins.</summary>
    public long Sum => Volatile.Read(ref sum);

    /// <summary>Counts per bin; empty until something was recorded.</summary>
    public ReadOnlySpan<long> Bins => bins;

    public void Record(long value)
    {
        bins ??= new long[BinCount];
        bins[BinOf(value)]++;
        count++;
        sum += value;
    }

    /// <summary>The bin a value falls into; negative values count as 0.</summary>
    public static int BinOf(long value)
    {
        if (value < 10)
        {
            return (int)Math.Max(value, 0);
        }

        var decade = 0;
        while (value >= 100)
        {
            value /= 10;
            decade++;
        }

        return 10 + (90 * decade) + (int)(value - 10);
    }

    /// <summary>The smallest value of a bin.</summary>
    public static long LowerBound(int bin) => bin < 10 ? bin : (10 + ((bin - 10) % 90)) * Pow10((bin - 10) / 90);

    /// <summary>How many integers fall into a bin.</summary>
    public static long Width(int bin) => bin < 10 ? 1 : Pow10((bin - 10) / 90);

    private static long Pow10(int exponent)
    {
        var power = 1L;
        for (var i = 0; i < exponent; i++)
        {
            power *= 10;
        }

        return power;
    }
}
