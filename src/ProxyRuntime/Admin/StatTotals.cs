using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Admin;

/// <summary>The statistics of a whole proxy: the sheets of its machines summed by name.</summary>
public sealed class StatTotals
{
    private readonly SortedDictionary<string, StatValue> values = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, HistogramTotal> histograms = new(StringComparer.Ordinal);

    /// <summary>Counters and gauges, sorted by name.</summary>
    public IReadOnlyDictionary<string, StatValue> Values => values;

    /// <summary>Histograms, sorted by name.</summary>
    public IReadOnlyDictionary<string, HistogramTotal> Histograms => histograms;

    /// <summary>Adds one sheet; to be called where the sheet may be listed.</summary>
    public void Add(StatSheet sheet)
    {
        foreach (var counter in sheet.Counters)
        {
            Add(counter.Name, counter.Value, counter.Value != 0);
        }

        foreach (var gauge in sheet.Gauges)
        {
            Add(gauge.Name, gauge.Value, gauge.Used);
        }

        foreach (var histogram in sheet.Histograms)
        {
            if (!histograms.TryGetValue(histogram.Name, out var total))
            {
                histograms[histogram.Name] = total = new HistogramTotal();
            }

            total.Add(histogram);
        }
    }

    /// <summary>Adds what the server as a whole has.</summary>
    /// <param name="now">Time since its start.</param>
    public void AddServer(int concurrency, ServerState state, MonotonicTime now)
    {
        Add("server.concurrency", concurrency, used: true);
        Add("server.live", state == ServerState.Live ? 1 : 0, used: true);
        Add("server.state", (long)state, used: true);
        Add("server.uptime", now.Nanoseconds / MonotonicTime.NanosecondsPerSecond, used: true);
    }

    /// <summary>Adds to a counter or gauge by name.</summary>
    public void Add(string name, long amount, bool used)
    {
        var former = values.GetValueOrDefault(name);
        values[name] = new StatValue(former.Value + amount, former.Used || used);
    }
}

/// <summary>A counter or gauge.</summary>
/// <param name="Value">Its value over all machines; to be read without a sign, as all of Envoy's are.</param>
/// <param name="Used">It was written since the start.</param>
public readonly record struct StatValue(long Value, bool Used);

/// <summary>A histogram over all machines.</summary>
public sealed class HistogramTotal
{
    private long[] bins = [];

    public long Count { get; private set; }

    public void Add(Histogram histogram)
    {
        Count += histogram.Count;
        if (histogram.Bins.Length > bins.Length)
        {
            Array.Resize(ref bins, histogram.Bins.Length);
        }

        for (var i = 0; i < histogram.Bins.Length; i++)
        {
            bins[i] += histogram.Bins[i];
        }
    }

    /// <summary>A quantile, interpolated within its bin; 0 when nothing was recorded.</summary>
    /// <param name="quantile">0 to 1.</param>
    public double Quantile(double quantile)
    {
        var rank = quantile * Count;
        var seen = 0L;
        for (var i = 0; i < bins.Length; i++)
        {
            if (bins[i] > 0 && seen + bins[i] >= rank)
            {
                var width = Histogram.LowerBound(i) == 0 ? 0 : Histogram.Width(i);
                return Histogram.LowerBound(i) + (width * (rank - seen) / bins[i]);
            }

            seen += bins[i];
        }

        return 0;
    }
}
