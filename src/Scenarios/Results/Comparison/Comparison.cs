using System.Collections.Immutable;

namespace MeshSim.Scenarios.Results;

/// <summary>Two results side by side.</summary>
/// <param name="Method">How the intervals came about, as text.</param>
public sealed record Comparison(ComparedSide A, ComparedSide B, string Method, ImmutableArray<FigureComparison> Figures)
{
    /// <summary>With so many runs on each side a run is one sample; with fewer, the seconds of the runs are.</summary>
    public const int RunsAsSamples = 10;

    /// <summary>The worst verdict: different before cannot tell before the others.</summary>
    public ComparisonVerdict Verdict =>
        Has(ComparisonVerdict.Different) ? ComparisonVerdict.Different
        : Has(ComparisonVerdict.CannotTell) ? ComparisonVerdict.CannotTell
        : Has(ComparisonVerdict.Equivalent) ? ComparisonVerdict.Equivalent
        : ComparisonVerdict.NotDistinguishable;

    public static Comparison Of(ComparedSide a, ComparedSide b)
    {
        var requests = Math.Min(a.Sent, b.Sent);
        var byRun = a.Runs.Length >= RunsAsSamples && b.Runs.Length >= RunsAsSamples;
        var (samplesA, samplesB) = byRun ? (a.ByRun(), b.ByRun()) : (a.BySecond(), b.BySecond());
        var paired = !byRun && a.Seconds == b.Seconds;
        return new Comparison(
            a,
            b,
            Text(a, b, byRun),
            [
                .. ComparedFigure
                    .All(a, b)
                    .Select(figure =>
                    {
                        var (ofA, ofB) = (figure.Of(samplesA), figure.Of(samplesB));
                        return FigureComparison.Of(figure, ofA, ofB, HalfWidth(ofA, ofB, samplesA.Phases, samplesB.Phases, paired), requests);
                    }),
            ]
        );
    }

    /// <summary>Half the interval of the difference.</summary>
    /// <param name="paired">The samples of both stand for the same moments: what moves both alike is no uncertainty.</param>
    private static double HalfWidth(Estimate a, Estimate b, ImmutableArray<int> phasesA, ImmutableArray<int> phasesB, bool paired) =>
        paired
            ? BatchMeans.Of([.. a.Influence.Zip(b.Influence, static (x, y) => y - x)], phasesA.Union(phasesB)).HalfWidth
            : BatchMeans.Difference(BatchMeans.Of(a.Influence, phasesA), BatchMeans.Of(b.Influence, phasesB)).HalfWidth;

    private static string Text(ComparedSide a, ComparedSide b, bool byRun) =>
        byRun ? $"{a.Runs.Length} and {b.Runs.Length} runs, each of them a sample"
        : a.Seconds == b.Seconds ? $"{a.Seconds} seconds, each of one side beside the same second of the other"
        : $"{a.Seconds} and {b.Seconds} seconds: not as many, so seconds are not paired";

    private bool Has(ComparisonVerdict verdict) => Figures.Any(figure => figure.Verdict == verdict);
}
