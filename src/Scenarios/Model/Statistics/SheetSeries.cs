using System.Collections.Immutable;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.Scenarios.Model;

/// <summary>How the compared counters of one machine grow, second by second, and with details the reported ones and gauges. To be used where its sheet may be listed.</summary>
public sealed class SheetSeries
{
    private readonly StatSheet sheet;
    private readonly List<CounterSeries> compared = [];
    private readonly List<GaugeSeries> gauges = [];
    private readonly bool withDetails;
    private int known;
    private int knownGauges;

    /// <summary>What counters have by now is none of the run's.</summary>
    /// <param name="withDetails">Those that a report shows are followed, too.</param>
    public SheetSeries(StatSheet sheet, bool withDetails = false)
    {
        this.sheet = sheet;
        this.withDetails = withDetails;
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

        foreach (var series in gauges)
        {
            series.Levels.Set(timeNs, series.Gauge.Value);
        }
    }

    /// <summary>What the compared counters of a proxy's machines gained together, by name; what nothing was gained of is not there.</summary>
    public static ImmutableSortedDictionary<string, ImmutableArray<long>> Sum(IEnumerable<SheetSeries> machines) =>
        Sums(machines, ComparedStatistics.Has)
            .ToImmutableSortedDictionary(static entry => entry.Key, static entry => entry.Value.ToArray(), StringComparer.Ordinal);

    /// <summary>The same of the reported counters.</summary>
    public static ImmutableArray<NamedSeries> Reported(IEnumerable<SheetSeries> machines) =>
        [.. Sums(machines, ReportedStatistics.HasCounter).Select(static entry => new NamedSeries(entry.Key, entry.Value.ToArray()))];

    /// <summary>The reported gauges of a proxy's machines together, at the end of each second; what was 0 throughout is not there.</summary>
    public static ImmutableArray<NamedSeries> Levels(IEnumerable<SheetSeries> machines)
    {
        var sums = new SortedDictionary<string, SecondLevels>(StringComparer.Ordinal);
        foreach (var series in machines.SelectMany(static machine => machine.gauges))
        {
            if (!sums.TryGetValue(series.Gauge.Name, out var sum))
            {
                sums[series.Gauge.Name] = sum = new SecondLevels();
            }

            sum.Add(series.Levels);
        }

        return
        [
            .. sums.Select(static entry => new NamedSeries(entry.Key, entry.Value.ToArray()))
                .Where(static series => series.Values.Any(static level => level != 0)),
        ];
    }

    private static IEnumerable<KeyValuePair<string, SecondCounts>> Sums(IEnumerable<SheetSeries> machines, Func<string, bool> has)
    {
        var sums = new SortedDictionary<string, SecondCounts>(StringComparer.Ordinal);
        foreach (var machine in machines)
        {
            machine.AddTo(sums);
        }

        return sums.Where(entry => entry.Value.Sum != 0 && has(entry.Key));
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
        if (withDetails && sheet.GaugeCount != knownGauges)
        {
            knownGauges = sheet.GaugeCount;
            gauges.AddRange(
                sheet
                    .Gauges.Where(gauge => ReportedStatistics.HasGauge(gauge.Name) && !gauges.Exists(series => series.Gauge == gauge))
                    .Select(static gauge => new GaugeSeries(gauge, new SecondLevels()))
            );
        }

        if (sheet.CounterCount == known)
        {
            return;
        }

        known = sheet.CounterCount;
        foreach (var counter in sheet.Counters)
        {
            var isFollowed = ComparedStatistics.Has(counter.Name) || (withDetails && ReportedStatistics.HasCounter(counter.Name));
            if (isFollowed && !compared.Exists(series => series.Counter == counter))
            {
                compared.Add(new CounterSeries(counter));
            }
        }
    }

    private sealed record GaugeSeries(Gauge Gauge, SecondLevels Levels);

    private sealed class CounterSeries(Counter counter)
    {
        public Counter Counter => counter;

        /// <summary>Its value at the last call.</summary>
        public long Noted { get; set; }

        public SecondCounts Counts { get; } = new();
    }
}
