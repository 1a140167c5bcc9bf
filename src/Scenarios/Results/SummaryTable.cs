using System.Globalization;
using MeshSim.Scenarios.Model;

namespace MeshSim.Scenarios.Results;

/// <summary>A result in a few rows, for a terminal or a notebook.</summary>
public static class SummaryTable
{
    /// <summary>So many groups of replicas have rows of their own; of more, those that had failures and retries, the most first.</summary>
    private const int MostFamilies = 12;

    public static IEnumerable<(string Name, string Value)> Rows(RunResult result)
    {
        var totals = result.Totals;
        var counted = totals.Counted;
        var (low, high) = Wilson.Interval(totals.Ok, counted);
        yield return ("seed", Text($"{result.Seed}"));
        yield return (
            result.Machine is null ? "virtual time" : "real time",
            Text($"{result.DurationNs / 1e9:0.###} s, of which {result.WarmUpNs / 1e9:0.###} s warm-up are not counted")
        );
        yield return ("requests sent", Text($"{totals.Sent}"));
        yield return (
            "success rate",
            counted == 0 ? "no answer was counted" : Text($"{100 * totals.SuccessRate:0.00} %  (95 % interval {100 * low:0.00}–{100 * high:0.00} %)")
        );
        yield return (
            "answers",
            string.Join(
                ", ",
                totals.ByStatus.Select(static entry => Text($"{(entry.Key == 0 ? "none" : entry.Key.ToString(CultureInfo.InvariantCulture))}: {entry.Value}"))
            )
        );
        if (totals.Latency.Count > 0)
        {
            yield return ("latency", string.Join(", ", Quantiles.All.Select(q => Text($"{q.Name} {totals.Latency.QuantileUs(q.Quantile) / 1000:0.0} ms"))));
            var intervals = RunInterval.All(result);
            yield return (
                "99 % intervals",
                $"{string.Join(", ", intervals.Select(static interval => $"{interval.Name} {interval}"))}; by batch means of the seconds after the warm-up"
            );
        }

        foreach (var note in result.Notes)
        {
            yield return ("until", note);
        }

        var families = ProxyFamily.Of(result);
        var shown =
            families.Length <= MostFamilies
                ? families
                : [.. families.Where(static family => family.Trouble > 0).OrderByDescending(static family => family.Trouble).Take(MostFamilies)];
        foreach (var family in shown)
        {
            var name = family.Count == 1 ? family.Name : Text($"{family.Name} × {family.Count}");
            yield return ($"{name}: responses", string.Join(", ", family.Responses.Select(static entry => Text($"{entry.Key}: {entry.Value}"))));
            yield return ($"{name}: retries", Text($"{family.Retries}"));
        }

        if (families.Length > MostFamilies)
        {
            var (name, rest) = shown.IsEmpty ? ("proxies", "") : ("other proxies", " more");
            var fewer = families.Count(static family => family.Trouble > 0) > MostFamilies ? "fewer" : "no";
            yield return (name, Text($"{families.Length - shown.Length}{rest}, with {fewer} failures and retries: in result.json and the report"));
        }

        if (result.Machine is { } machine)
        {
            yield return (
                "this machine",
                Text(
                    $"{machine.OutsideNs / 1e6:0.00} ms beside service a request; sent late by p50 {machine.LateP50Ns / 1e6:0.00}, p99 {machine.LateP99Ns / 1e6:0.00}, at most {machine.LateMaxNs / 1e6:0.0} ms"
                )
            );
        }

        yield return ("result hash", ResultHash.Of(result));
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
