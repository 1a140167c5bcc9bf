using System.Numerics;

namespace MeshSim.Scenarios.Model;

/// <summary>
/// Counts of durations in microseconds, in bins at most 1/128 (0.8 %) of their lower bound wide. Integers only, so merging is exact
/// and does not depend on order.
/// </summary>
public sealed class LatencyHistogram
{
    private const int SubBits = 7;
    private const int SubCount = 1 << SubBits;

    /// <summary>The bin of the largest number.</summary>
    public const int MaxBin = ((64 - SubBits) << SubBits) - 1;

    private long[] bins = [];
    private int used;

    public LatencyHistogram() { }

    /// <summary>A histogram from what another one said of itself.</summary>
    public LatencyHistogram(long[] bins, long sumUs, long maxUs)
    {
        this.bins = bins;
        used = bins.Length;
        Count = bins.Sum();
        SumUs = sumUs;
        MaxUs = maxUs;
    }

    public long Count { get; private set; }

    /// <summary>Sum of the recorded values in microseconds.</summary>
    public long SumUs { get; private set; }

    public long MaxUs { get; private set; }

    /// <summary>Counts by bin index, up to the highest bin in use.</summary>
    public ReadOnlySpan<long> Bins => bins.AsSpan(0, used);

    public void Record(long valueUs)
    {
        var value = Math.Max(valueUs, 0);
        Add(BinOf(value), 1);
        Count++;
        SumUs += value;
        MaxUs = Math.Max(MaxUs, value);
    }

    public void Merge(LatencyHistogram other)
    {
        for (var i = 0; i < other.used; i++)
        {
            if (other.bins[i] != 0)
            {
                Add(i, other.bins[i]);
            }
        }

        Count += other.Count;
        SumUs += other.SumUs;
        MaxUs = Math.Max(MaxUs, other.MaxUs);
    }

    /// <summary>The quantile in microseconds: the middle of the bin the ranked value is in; 0 when empty.</summary>
    /// <param name="quantile">0 to 1.</param>
    public double QuantileUs(double quantile)
    {
        if (Count == 0)
        {
            return 0;
        }

        var bin = QuantileBin(quantile);
        return Math.Min(LowerBoundUs(bin) + ((WidthUs(bin) - 1) / 2.0), MaxUs);
    }

    /// <summary>The bin the ranked value is in; 0 when empty.</summary>
    /// <param name="quantile">0 to 1.</param>
    public int QuantileBin(double quantile)
    {
        var rank = Math.Clamp((long)Math.Ceiling(quantile * Count), 1, Math.Max(1, Count));
        var seen = 0L;
        for (var i = 0; i < used; i++)
        {
            seen += bins[i];
            if (seen >= rank)
            {
                return i;
            }
        }

        return Math.Max(0, used - 1);
    }

    /// <summary>How many of the recorded values are in the bins up to this one.</summary>
    public long CountUpTo(int bin)
    {
        var sum = 0L;
        for (var i = Math.Min(bin, used - 1); i >= 0; i--)
        {
            sum += bins[i];
        }

        return sum;
    }

    /// <summary>The quantile in microseconds as if the values of a bin lay evenly in it; 0 when empty.</summary>
    /// <param name="quantile">0 to 1.</param>
    public double InterpolatedUs(double quantile)
    {
        if (Count == 0)
        {
            return 0;
        }

        var bin = QuantileBin(quantile);
        var within = ((quantile * Count) - CountUpTo(bin - 1)) / bins[bin];
        return Math.Min(LowerBoundUs(bin) + (WidthUs(bin) * Math.Clamp(within, 0, 1)), MaxUs);
    }

    public static long LowerBoundUs(int bin)
    {
        var shift = Math.Max((bin >> SubBits) - 1, 0);
        return bin < SubCount ? bin : (long)(SubCount + (bin & (SubCount - 1))) << shift;
    }

    public static long WidthUs(int bin) => 1L << Math.Max((bin >> SubBits) - 1, 0);

    private static int BinOf(long value)
    {
        if (value < SubCount)
        {
            return (int)value;
        }

        var shift = BitOperations.Log2((ulong)value) - SubBits;
        return ((shift + 1) << SubBits) + (int)((value >> shift) - SubCount);
    }

    private void Add(int bin, long amount)
    {
        if (bin >= used)
        {
            used = bin + 1;
            if (used > bins.Length)
            {
                Array.Resize(ref bins, Math.Min(Math.Max(used, bins.Length + (bins.Length / 2)), MaxBin + 1));
            }
        }

        bins[bin] += amount;
    }
}
