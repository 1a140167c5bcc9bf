namespace MeshSim.ProxyRuntime.Core;

/// <summary>The statistics of one machine, by Envoy's full names. Each worker has one, the main machine has one; a page sums them by name.</summary>
/// <remarks>
/// Belongs to the machine that writes it. Reading values from another thread is safe; listing is not, because a name that
/// is first used later (<c>upstream_rq_418</c>) is added then: a live driver lists in the machine's own thread.
/// </remarks>
public sealed class StatSheet
{
    private readonly SortedDictionary<string, Counter> counters = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, Gauge> gauges = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, Histogram> histograms = new(StringComparer.Ordinal);

    /// <summary>All counters, sorted by name.</summary>
    public IReadOnlyCollection<Counter> Counters => counters.Values;

    /// <summary>All gauges, sorted by name.</summary>
    public IReadOnlyCollection<Gauge> Gauges => gauges.Values;

    /// <summary>All histograms, sorted by name.</summary>
    public IReadOnlyCollection<Histogram> Histograms => histograms.Values;

    /// <summary>The counter of that name, made if need be; keep the object, do not look it up per request.</summary>
    public Counter Counter(string name)
    {
        if (!counters.TryGetValue(name, out var counter))
        {
            counters[name] = counter = new Counter(name);
        }

        return counter;
    }

    public Gauge Gauge(string name)
    {
        if (!gauges.TryGetValue(name, out var gauge))
        {
            gauges[name] = gauge = new Gauge(name);
        }

        return gauge;
    }

    public Histogram Histogram(string name)
    {
        if (!histograms.TryGetValue(name, out var histogram))
        {
            histograms[name] = histogram = new Histogram(name);
        }

        return histogram;
    }

    /// <summary>The value of a counter or gauge, 0 when there is none of that name.</summary>
    public long Value(string name) =>
        counters.TryGetValue(name, out var counter) ? counter.Value
        : gauges.TryGetValue(name, out var gauge) ? gauge.Value
        : 0;
}
