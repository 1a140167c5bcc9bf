using System.Globalization;

namespace MeshSim.Scenarios.Model;

/// <summary>Reads <c>success_rate &gt;= 99%</c>, <c>p99 &lt;= 250ms</c>, <c>stat gateway cluster.svc.upstream_rq_retry in 20s..40s == 100 ± 10</c>.</summary>
internal static class ExpectationText
{
    /// <summary>Latency of these answers alone.</summary>
    internal const string Ok = "2xx";

    private static readonly string[] Operators = [">=", ">", "<=", "<", "=="];

    private static readonly (string Word, Metric Metric, int Subjects)[] Metrics =
    [
        ("success_rate", Metric.SuccessRate, 0),
        ("rate", Metric.Rate, 0),
        ("goodput", Metric.Goodput, 0),
        ("sent", Metric.Sent, 0),
        ("retries", Metric.Retries, 0),
        ("answers", Metric.Answers, 1),
        ("stat", Metric.Stat, 2),
        ("responses", Metric.Responses, 2),
        ("arrivals", Metric.Arrivals, 1),
        ("share", Metric.Share, 1),
        ("max_share", Metric.MaxShare, 1),
        ("errors", Metric.Errors, 1),
        ("max_queue", Metric.MaxQueue, 1),
    ];

    /// <summary>Whether an expectation may begin with that word.</summary>
    public static bool IsWord(string word) => IsQuantile(word) || Array.Exists(Metrics, metric => metric.Word == word);

    /// <summary>The words an expectation may begin with, with one for all quantiles.</summary>
    public static IEnumerable<string> Words => Metrics.Select(static metric => metric.Word).Append("p99");

    /// <summary>Null with what is wrong, where it is none.</summary>
    public static Expectation? Parse(string text, out string problem)
    {
        problem = "";
        var words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries).ToList();
        var at = words.FindIndex(Operators.Contains);
        if (at < 1 || at + 1 >= words.Count)
        {
            problem = "an expectation is what, then one of >= > <= < ==, then how much";
            return null;
        }

        (int From, int Until)? window = null;
        if (at > 2 && words[at - 2] == "in")
        {
            if ((window = Window(words[at - 1])) is null)
            {
                problem = $"'{words[at - 1]}' is no window; accepted are whole seconds such as 20s..40s";
                return null;
            }

            words.RemoveRange(at - 2, 2);
            at -= 2;
        }

        return Read(text, [.. words.Take(at)], words[at], [.. words.Skip(at + 1)], window, ref problem);
    }

    private static Expectation? Read(string text, string[] what, string op, string[] bound, (int From, int Until)? window, ref string problem)
    {
        var isQuantile = IsQuantile(what[0]);
        var quantile = isQuantile ? double.Parse(what[0].AsSpan(1), CultureInfo.InvariantCulture) / 100 : 0;
        var (word, metric, subjects) = isQuantile ? (what[0], Metric.LatencyQuantile, 0) : Array.Find(Metrics, one => one.Word == what[0]);
        if (word is null || (isQuantile && quantile is <= 0 or >= 1))
        {
            problem = $"unknown figure '{what[0]}'";
            return null;
        }

        // The flags of a response may follow its status, and 2xx a quantile.
        if (what.Length - 1 != subjects && !(metric == Metric.Responses && what.Length == 4) && !(isQuantile && what is [_, Ok]))
        {
            problem = metric switch
            {
                Metric.Stat => "'stat' is followed by a proxy (or *) and the name of a statistic",
                Metric.Responses => "'responses' is followed by a proxy (or *), a status and maybe a flag",
                Metric.Answers => "'answers' is followed by a status, 5xx or none",
                Metric.MaxShare => "'max_share' is followed by a service",
                Metric.LatencyQuantile => $"'{word}' is followed by the comparison, or by {Ok} for the latency of these answers alone",
                _ when subjects == 1 => $"'{word}' is followed by a service or one of its endpoints",
                _ => $"'{word}' is followed by the comparison",
            };
            return null;
        }

        var isShare = metric is Metric.SuccessRate or Metric.Share or Metric.MaxShare || (metric == Metric.Answers && bound[0].EndsWith('%'));
        Func<string, double?> parse =
            metric == Metric.LatencyQuantile ? Milliseconds
            : isShare ? Units.Fraction
            : Number;
        var tolerance = 0.0;
        if (parse(bound[0]) is not { } value || !TryTolerance(bound, op, parse, ref tolerance))
        {
            problem = "the bound is a share such as 99%, for latency a duration, else a number; '==' is followed by the bound and ± how much";
            return null;
        }

        return new Expectation(text, metric, quantile, op, value)
        {
            Tolerance = tolerance,
            Subject = metric is Metric.Answers or Metric.LatencyQuantile || what.Length < 2 ? "" : what[1],
            Detail = string.Join(' ', what.Skip(metric is Metric.Answers or Metric.LatencyQuantile ? 1 : 2)),
            IsShare = isShare,
            Window = window,
        };
    }

    private static bool IsQuantile(string word) =>
        word.StartsWith('p') && double.TryParse(word.AsSpan(1), NumberStyles.Float, CultureInfo.InvariantCulture, out _);

    private static bool TryTolerance(string[] bound, string op, Func<string, double?> parse, ref double tolerance)
    {
        if (bound is [_, "±" or "+-", var about] && op == "==" && parse(about) is { } found)
        {
            tolerance = found;
            return true;
        }

        return bound.Length == 1;
    }

    private static (int From, int Until)? Window(string text)
    {
        var ends = text.Split("..");
        return
            ends.Length == 2
            && Units.DurationNs(ends[0]) is { } from
            && Units.DurationNs(ends[1]) is { } until
            && from % 1_000_000_000 == 0
            && until % 1_000_000_000 == 0
            && from < until
            ? ((int)(from / 1_000_000_000), (int)(until / 1_000_000_000))
            : null;
    }

    private static double? Milliseconds(string text) => Units.DurationNs(text) is { } ns ? ns / 1e6 : null;

    private static double? Number(string text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value : null;
}
