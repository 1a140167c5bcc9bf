namespace MeshSim.ProxyRuntime.Core;

/// <summary>The statistics of one machine, by Envoy's full names. Each worker has one, the main machine has one; a page sums them by name.</summary>
/// <remarks>
/// Belongs to the machine that writes it. Reading values from another thread is safe; listing is not, because a name that
/// is first used later (<c>upstream_rq_418</c>) is added then: a live driver lists in the machine's own thread.
/// </remarks>
/// <param name="names">Names that other machines have, too.</param>
public sealed class StatSheet(StatNames names)
{
    private readonly Dictionary<string, Counter> counters = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Gauge> gauges = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Histogram> histograms = new(StringComparer.Ordinal);

    /// <summary>One by itself.</summary>
    public StatSheet()
        : this(new StatNames()) { }

    /// <summary>All counters, sorted by name.</summary>
    public IReadOnlyCollection<Counter> Counters => [.. counters.Values.OrderBy(static counter => counter.Name, StringComparer.Ordinal)];

    /// <summary>All gauges, sorted by name.</summary>
    public IReadOnlyCollection<Gauge> Gauges => [.. gauges.Values.OrderBy(static gauge => gauge.Name, StringComparer.Ordinal)];

    /// <summary>All histograms, sorted by name.</summary>
    public IReadOnlyCollection<Histogram> Histograms => [.. histograms.Values.OrderBy(static histogram => histogram.Name, StringComparer.Ordinal)];

    /// <summary>How many counters there are so far.</summary>
    public int CounterCount => counters.Count;

    /// <summary>How many gauges there are so far.</summary>
    public int GaugeCount => gauges.Count;

    /// <summary>The counter of that name, made if need be; keep the object, do not look it up per request.</summary>
    public Counter Counter(string name)
    {
        if (!counters.TryGetValue(name, out var counter))
        {
            counter = new Counter(names.Of(name));
            counters[counter.Name] = counter;
        }

        return counter;
    }

    public Gauge Gauge(string name)
    {
        if (!gauges.TryGetValue(name, out var gauge))
        {
            gauge = new Gauge(names.Of(name));
            gauges[gauge.Name] = gauge;
        }

        return gauge;
    }

    public Histogram Histogram(string name)
    {
        if (!histograms.TryGetValue(name, out var histogram))
        {
            histogram = new Histogram(names.Of(name));
            histograms[histogram.Name] = histogram;
        }

        return histogram;
    }

    /// <summary>The value of a counter or gauge, 0 when there is none of that name.</summary>
    public long Value(string name) =>
        counters.TryGetValue(name, out var counter) ? counter.Value
        : gauges.TryGetValue(name, out var gauge) ? gauge.Value
        : 0;
}
