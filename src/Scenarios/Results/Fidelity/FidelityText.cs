using System.Globalization;
using MeshSim.Scenarios.Model;

namespace MeshSim.Scenarios.Results;

/// <summary>Verdicts in words and rows.</summary>
public static class FidelityText
{
    public static string Of(Verdict verdict) =>
        verdict switch
        {
            Verdict.InsideTolerance => "inside tolerance",
            Verdict.InsideInterval => "inside central 99%",
            Verdict.Outside => "outside",
            _ => "too noisy, not judged",
        };

    /// <summary>Figure, measured and simulated mean, how far off, central 99 % of the means of as many simulated runs.</summary>
    public static string[] Cells(FigureVerdict figure) =>
        [
            figure.Figure.Name,
            Number(figure, figure.Measured),
            Number(figure, figure.Simulated),
            Difference(figure),
            $"{Number(figure, figure.Low)} to {Number(figure, figure.High)}",
            Of(figure.Verdict),
        ];

    /// <summary><c>inside tolerance 12, inside central 99% 1, outside 0, too noisy, not judged 2</c>.</summary>
    public static string Summary(FidelityOutcome outcome) =>
        string.Join(", ", Enum.GetValues<Verdict>().Where(verdict => outcome.Count(verdict) > 0).Select(verdict => $"{outcome.Count(verdict)} {Of(verdict)}"));

    private static string Number(FigureVerdict figure, double value) =>
        figure.Figure.Unit switch
        {
            "%" => string.Create(CultureInfo.InvariantCulture, $"{value:0.00} %"),
            "ms" => string.Create(CultureInfo.InvariantCulture, $"{value:0.0} ms"),
            _ => string.Create(CultureInfo.InvariantCulture, $"{value:0.0}"),
        };

    /// <summary>In points where the tolerance is one, else as a share of what was measured.</summary>
    private static string Difference(FigureVerdict figure)
    {
        var difference = figure.Simulated - figure.Measured;
        return !figure.Figure.Tolerance.IsShare ? string.Create(CultureInfo.InvariantCulture, $"{difference:+0.00;-0.00;0} points")
            : figure.Measured == 0 ? ""
            : string.Create(CultureInfo.InvariantCulture, $"{100 * difference / figure.Measured:+0.0;-0.0;0} %");
    }
}
