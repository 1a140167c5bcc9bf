using System.Globalization;
using System.Text;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Admin;

/// <summary><c>/stats</c> as text.</summary>
public static class StatsPage
{
    private static readonly (string Label, double Quantile)[] Quantiles =
    [
        ("P0", 0),
        ("P25", 0.25),
        ("P50", 0.5),
        ("P75", 0.75),
        ("P90", 0.9),
        ("P95", 0.95),
        ("P99", 0.99),
        ("P99.5", 0.995),
        ("P99.9", 0.999),
        ("P100", 1),
    ];

    /// <param name="usedOnly">Leave out what was never written.</param>
    /// <param name="filter">Only names in which this is found; null for all.</param>
    /// <param name="endpoints">What hosts have of their own: behind counters and gauges, whether written or not.</param>
    public static string Text(StatTotals totals, bool usedOnly, Re2Regex? filter, IEnumerable<EndpointStat>? endpoints = null)
    {
        var text = new StringBuilder();
        foreach (var (name, stat) in totals.Values)
        {
            if ((!usedOnly || stat.Used) && IsChosen(name, filter))
            {
                _ = text.Append(CultureInfo.InvariantCulture, $"{name}: {(ulong)stat.Value}\n");
            }
        }

        foreach (var stat in endpoints ?? [])
        {
            if (IsChosen(stat.Name, filter))
            {
                _ = text.Append(CultureInfo.InvariantCulture, $"{stat.Name}: {stat.Value}\n");
            }
        }

        foreach (var (name, histogram) in totals.Histograms)
        {
            if ((!usedOnly || histogram.Count > 0) && IsChosen(name, filter))
            {
                _ = text.Append(CultureInfo.InvariantCulture, $"{name}: {Summary(histogram)}\n");
            }
        }

        return text.ToString();
    }

    private static bool IsChosen(string name, Re2Regex? filter) => filter is null || filter.IsPartialMatch(Encoding.UTF8.GetBytes(name));

    /// <summary>Interval values are not kept apart, so they are shown as <c>nan</c>, as Envoy shows an interval without values.</summary>
    private static string Summary(HistogramTotal histogram) =>
        histogram.Count == 0
            ? "No recorded values"
            : string.Join(' ', Quantiles.Select(q => string.Create(CultureInfo.InvariantCulture, $"{q.Label}(nan,{histogram.Quantile(q.Quantile):0.######})")));
}
