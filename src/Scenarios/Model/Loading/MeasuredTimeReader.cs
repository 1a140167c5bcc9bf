using System.Collections.Immutable;
using System.Globalization;
using MeshSim.ProxyRuntime.Config;

namespace MeshSim.Scenarios.Model;

/// <summary>Reads times that were measured: values with weights, quantiles, buckets of a Prometheus histogram.</summary>
internal static class MeasuredTimeReader
{
    private const string OneOf = "one of these";
    private const int MaxValues = 1_000_000;

    /// <summary>A list of values, or a file with a value and maybe a weight a line.</summary>
    public static TimeModel Empirical(FieldReader fields, ReadingContext context)
    {
        const string about = "measured times: a list of durations or of {value, weight}, or a file with 'value' or 'value,weight' a line";
        List<(long ValueNs, double Weight)> values = [];
        switch (fields.Node("empirical", FieldKind.Any, OneOf, about))
        {
            case ConfigSequence list:
                foreach (var item in list.Items)
                {
                    AddItem(fields, item, values, context.Problems);
                }

                break;
            case ConfigScalar file:
                AddLines(fields, "empirical", file.Text, context, values);
                break;
        }

        if (values.Count == 0 && !fields.IsDescribing)
        {
            fields.Problem("empirical", "at least one value is needed");
            return TimeModel.None;
        }

        return fields.IsDescribing ? TimeModel.None : new EmpiricalTime(values);
    }

    /// <summary><c>{p50: 12ms, p95: 60ms}</c>.</summary>
    public static TimeModel Quantiles(FieldReader fields)
    {
        List<QuantilePoint> points = [];
        foreach (var entry in fields.Entries("quantiles", about: "some quantiles, for example {p50: 12ms, p95: 60ms, p99: 180ms}: one of " + OneOf))
        {
            if (
                entry.Key.StartsWith('p')
                && double.TryParse(entry.Key.AsSpan(1), NumberStyles.Float, CultureInfo.InvariantCulture, out var percent)
                && percent is > 0 and < 100
                && entry.Value is ConfigScalar scalar
                && Units.DurationNs(scalar.Text) is { } ns and > 0
            )
            {
                points.Add(new QuantilePoint(percent / 100, ns));
            }
            else
            {
                fields.Problem(entry.KeyPlace, $"{fields.At("quantiles")}.{entry.Key}", "accepted are p50, p99.9 and so on, each with a duration above 0");
            }
        }

        return Fit(fields, "quantiles", points);
    }

    /// <summary>Upper bounds in seconds with cumulative counts, as Prometheus keeps them.</summary>
    public static TimeModel Histogram(FieldReader fields, ReadingContext context)
    {
        const string about =
            "buckets of a Prometheus histogram: {0.005: 20, 0.01: 90, +Inf: 100} (upper bounds in seconds, counts up to each), or a file with its lines NAME_bucket{le=\"0.005\"} 20";
        List<(double BoundS, double Count)> buckets = [];
        switch (fields.Node("histogram", FieldKind.Any, OneOf, about))
        {
            case ConfigMapping map:
                foreach (var entry in map.Entries)
                {
                    AddBucket(fields, entry.KeyPlace, entry.Key, (entry.Value as ConfigScalar)?.Text ?? "", buckets);
                }

                break;
            case ConfigScalar file when context.ReadFile(file.Text) is { } text:
                AddBuckets(fields, text, buckets);
                break;
            case ConfigScalar file:
                fields.Problem("histogram", $"cannot read '{file.Text}'");
                return TimeModel.None;
        }

        if (fields.IsDescribing)
        {
            return TimeModel.None;
        }

        buckets.Sort(static (a, b) => a.BoundS.CompareTo(b.BoundS));
        var total = buckets.Count == 0 ? 0 : buckets[^1].Count;
        return Fit(
            fields,
            "histogram",
            [
                .. buckets
                    .Where(bucket => bucket.Count > 0 && bucket.Count < total)
                    .Select(bucket => new QuantilePoint(bucket.Count / total, bucket.BoundS * 1e9)),
            ]
        );
    }

    private static TimeModel Fit(FieldReader fields, string name, List<QuantilePoint> points)
    {
        if (fields.IsDescribing)
        {
            return TimeModel.None;
        }

        points.Sort(static (a, b) => a.Share.CompareTo(b.Share));
        var distinct = points.DistinctBy(static point => point.Share).ToImmutableArray();
        if (distinct.IsEmpty)
        {
            fields.Problem(name, "nothing to fit: at least one share above 0 and below 1 is needed");
            return TimeModel.None;
        }

        if (distinct.Zip(distinct.Skip(1)).Any(static pair => pair.Second.ValueNs <= pair.First.ValueNs))
        {
            fields.Problem(name, "a higher share needs a longer time");
            return TimeModel.None;
        }

        return FittedTime.Of(distinct);
    }

    private static void AddItem(FieldReader fields, ConfigNode item, List<(long ValueNs, double Weight)> values, List<ConfigProblem> problems)
    {
        if (item is ConfigMapping)
        {
            var inner = new FieldReader(item, fields.At("empirical"), problems);
            values.Add((inner.DurationNs("value"), inner.Number("weight", 1, above: 0)));
            inner.End();
        }
        else if (item is ConfigScalar scalar && Units.DurationNs(scalar.Text) is { } ns)
        {
            values.Add((ns, 1));
        }
        else
        {
            fields.Problem(item.Place, fields.At("empirical"), "accepted are durations such as 20ms, or {value: 20ms, weight: 3}");
        }
    }

    private static void AddLines(FieldReader fields, string name, string file, ReadingContext context, List<(long ValueNs, double Weight)> values)
    {
        if (context.ReadFile(file) is not { } text)
        {
            fields.Problem(name, $"cannot read '{file}'");
            return;
        }

        var number = 0;
        foreach (var line in text.Split('\n'))
        {
            number++;
            var parts = line.Trim().Split(',');
            if (parts is [""] || parts[0].StartsWith('#') || (number == 1 && parts[0] == "value"))
            {
                continue;
            }

            var weight = 1.0;
            if (
                Units.DurationNs(parts[0].Trim()) is { } ns
                && (
                    parts.Length == 1
                    || (parts.Length == 2 && double.TryParse(parts[1], NumberStyles.Float, CultureInfo.InvariantCulture, out weight) && weight > 0)
                )
                && values.Count < MaxValues
            )
            {
                values.Add((ns, weight));
                continue;
            }

            context.Problems.Add(
                new ConfigProblem(file, number, 1, "", $"'{line.Trim()}' is not accepted; accepted is a duration, or a duration and its weight: 20ms,3")
            );
            return;
        }
    }

    private static void AddBuckets(FieldReader fields, string text, List<(double BoundS, double Count)> buckets)
    {
        foreach (var line in text.Split('\n').Where(static line => line.Contains("le=\"", StringComparison.Ordinal)))
        {
            var from = line.IndexOf("le=\"", StringComparison.Ordinal) + 4;
            var until = line.IndexOf('"', from);
            var words = line[(line.LastIndexOf('}') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            AddBucket(fields, fields.PlaceOf("histogram"), until < 0 ? "" : line[from..until], words.FirstOrDefault() ?? "", buckets);
        }
    }

    private static void AddBucket(FieldReader fields, ConfigPlace place, string bound, string count, List<(double BoundS, double Count)> buckets)
    {
        var boundS = double.PositiveInfinity;
        if (
            (bound == "+Inf" || (double.TryParse(bound, NumberStyles.Float, CultureInfo.InvariantCulture, out boundS) && boundS > 0))
            && double.TryParse(count, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
            && value >= 0
        )
        {
            buckets.Add((boundS, value));
            return;
        }

        fields.Problem(
            place,
            fields.At("histogram"),
            $"'{bound}: {count}' is no bucket; accepted are upper bounds in seconds, the last +Inf, each with the count up to it"
        );
    }
}
