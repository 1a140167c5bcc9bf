namespace MeshSim.ProxyRuntime.Core;

/// <summary>
/// A log-linear histogram of non-negative integers with two significant decimal digits, as Envoy's: bins are 0, then
/// 1–9 one by one, then 10–99 in each power of ten, so a bin is at most a tenth of its lower bound wide. Merging adds bins.
/// </summary>
public sealed class Histogram(string name)
{
    /// <summary>Bins of zero and the nine single digits.</summary>
    private const int Digits = 10;

    /// <summary>Bins of each power of ten from there on.</summary>
    private const int Decade = 90;

    private long[] bins = [];
    private long count;
    private long sum;

    public string Name { get; } = name;

    public long Count => Volatile.Read(ref count);

    /// <summary>Sum of the recorded values as they were, not of the bins.</summary>
    public long Sum => Volatile.Read(ref sum);

    /// <summary>Counts per bin, up to the decade of the largest value recorded; empty until something was.</summary>
    public ReadOnlySpan<long> Bins => bins;

    public void Record(long value)
    {
        var bin = BinOf(value);
        if (bin >= bins.Length)
        {
            Array.Resize(ref bins, bin < Digits ? Digits : Digits + (Decade * (((bin - Digits) / Decade) + 1)));
        }

        bins[bin]++;
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

        return Digits + (Decade * decade) + (int)(value - 10);
    }

    /// <summary>The smallest value of a bin.</summary>
    public static long LowerBound(int bin) => bin < Digits ? bin : (10 + ((bin - Digits) % Decade)) * Pow10((bin - Digits) / Decade);

    /// <summary>How many integers fall into a bin.</summary>
    public static long Width(int bin) => bin < Digits ? 1 : Pow10((bin - Digits) / Decade);

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
