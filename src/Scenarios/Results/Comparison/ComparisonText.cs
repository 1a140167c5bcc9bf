using System.Globalization;

namespace MeshSim.Scenarios.Results;

/// <summary>A comparison in words, for people.</summary>
public static class ComparisonText
{
    public static IReadOnlyList<string> Columns { get; } = ["figure", "A", "B", "B - A", "99 % interval", "margin", "verdict"];

    /// <summary>A row of the table, in the order of <see cref="Columns"/>.</summary>
    public static string[] Cells(FigureComparison compared)
    {
        var unit = compared.Figure.Unit;
        return
        [
            compared.Figure.Name,
            Value(compared.A, unit),
            Value(compared.B, unit),
            Value(compared.Difference, unit, signed: true),
            double.IsFinite(compared.HalfWidth) && !double.IsNaN(compared.Difference) ? $"± {Value(compared.HalfWidth, unit)}" : "unknown",
            double.IsNaN(compared.Margin) ? "-" : $"± {Value(compared.Margin, unit)}",
            Verdict(compared),
        ];
    }

    /// <summary>The verdict on one figure.</summary>
    public static string Verdict(FigureComparison compared) =>
        compared.Verdict != ComparisonVerdict.CannotTell ? Verdict(compared.Verdict)
        : double.IsNaN(compared.Difference) ? "cannot tell: nothing to measure"
        : compared.MoreRequests is { } more ? Text($"cannot tell yet, needs about {more} more requests")
        : "cannot tell: at the edge of the margin";

    public static string Verdict(ComparisonVerdict verdict) =>
        verdict switch
        {
            ComparisonVerdict.Equivalent => "equivalent",
            ComparisonVerdict.Different => "different",
            ComparisonVerdict.NotDistinguishable => "not distinguishable",
            _ => "cannot tell yet",
        };

    /// <summary>The whole in one or two lines.</summary>
    public static string Summary(Comparison comparison)
    {
        var counts = string.Join(
            ", ",
            comparison
                .Figures.GroupBy(static figure => figure.Verdict)
                .OrderBy(static group => group.Key)
                .Select(static group => Text($"{group.Count()} {Verdict(group.Key)}"))
        );
        var few =
            Math.Min(comparison.A.Sent, comparison.B.Sent) < FigureComparison.LeastRequests
                ? Text(
                    $"\nA has {comparison.A.Sent} requests, B {comparison.B.Sent}: with fewer than {FigureComparison.LeastRequests} nothing is called equivalent."
                )
                : "";
        return $"{Overall(comparison.Verdict)}: {counts}.{few}";
    }

    /// <summary>What a side is: its scenario, how it was run, how much of it there is.</summary>
    public static string Side(ComparedSide side)
    {
        var first = side.Runs[0];
        var runs = side.Runs.Length == 1 ? Text($"seed {first.Seed}") : Text($"{side.Runs.Length} runs");
        return Text($"{side.Name}: {first.Scenario}, {(first.IsLive ? "live" : "simulated")}, {runs}, {side.Sent} requests in {side.Seconds} s after warm-up");
    }

    private static string Overall(ComparisonVerdict verdict) =>
        verdict switch
        {
            ComparisonVerdict.Different => "DIFFERENT",
            ComparisonVerdict.CannotTell => "CANNOT TELL YET",
            ComparisonVerdict.Equivalent => "EQUIVALENT",
            _ => "NOT DISTINGUISHABLE",
        };

    private static string Value(double value, string unit, bool signed = false)
    {
        if (double.IsNaN(value))
        {
            return "-";
        }

        var digits = Math.Abs(value) < 10 ? "0.00" : "0.0";
        var number = value.ToString(signed ? $"+{digits};-{digits};{digits}" : digits, CultureInfo.InvariantCulture);
        return $"{number} {unit}";
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
