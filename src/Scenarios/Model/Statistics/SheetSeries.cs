using System.Collections.Immutable;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.Scenarios.Model;

/// <summary>How the compared counters of one machine grow, second by second. To be used where its sheet may be listed.</summary>
public sealed class SheetSeries
{
    private readonly StatSheet sheet;
    private readonly List<CounterSeries> compared = [];
    private int known;

    /// <summary>What counters have by now is none of the run's.</summary>
    public SheetSeries(StatSheet sheet)
    {
        this.sheet = sheet;
        Find();
        foreach (var series in compared)
        {
            series.Noted = series.Counter.Value;
        }
    }

    /// <summary>What counters have gained since the last call happened in the second that <paramref name="timeNs"/> is in.</summary>
    public void Note(long timeNs)
    {
        Find();
        foreach (var series in compared)
        {
            if (series.Counter.Value != series.Noted)
            {
                series.Counts.Add(timeNs, series.Counter.Value - series.Noted);
                series.Noted = series.Counter.Value;
            }
        }
    }

    /// <summary>What the machines of a proxy gained together, by name; what nothing was gained of is not there.</summary>
    public static ImmutableSortedDictionary<string, ImmutableArray<long>> Sum(IEnumerable<SheetSeries> machines)
    {
        var sums = new SortedDictionary<string, SecondCounts>(StringComparer.Ordinal);
        foreach (var machine in machines)
        {
            machine.AddTo(sums);
        }

        return sums.Where(static entry => entry.Value.Sum != 0)
            .ToImmutableSortedDictionary(static entry => entry.Key, static entry => entry.Value.ToArray(), StringComparer.Ordinal);
    }

    private void AddTo(SortedDictionary<string, SecondCounts> sums)
    {
        foreach (var series in compared)
        {
            if (!sums.TryGetValue(series.Counter.Name, out var sum))
            {
                sums[series.Counter.Name] = sum = new SecondCounts();
            }

            sum.Merge(series.Counts);
        }
    }

    /// <summary>Takes in compared counters that have been made meanwhile.</summary>
    private void Find()
    {
        if (sheet.Counters.Count == known)
        {
            return;
        }

        known = sheet.Counters.Count;
        foreach (var counter in sheet.Counters)
        {
            if (ComparedStatistics.Has(counter.Name) && !compared.Exists(series => series.Counter == counter))
            {
                compared.Add(new CounterSeries(counter));
            }
        }
    }

    private sealed class CounterSeries(Counter counter)
    {
        public Counter Counter => counter;

        /// <summary>Its value at the last call.</summary>
        public long Noted { get; set; }

        public SecondCounts Counts { get; } = new();
    }
}
