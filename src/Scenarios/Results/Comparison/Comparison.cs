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
        var (samplesA, samplesB, paired, method) = Samples(a, b);
        return new Comparison(
            a,
            b,
            method,
            [
                .. ComparedFigure
                    .All(a, b)
                    .Select(figure =>
                    {
                        var (ofA, ofB) = (figure.Of(samplesA), figure.Of(samplesB));
                        return FigureComparison.Of(figure, ofA, ofB, HalfWidth(ofA, ofB, paired), requests);
                    }),
            ]
        );
    }

    /// <summary>Half the interval of the difference.</summary>
    /// <param name="paired">The samples of both stand for the same moments: what moves both alike, such as a fault, is no uncertainty.</param>
    public static double HalfWidth(Estimate a, Estimate b, bool paired) =>
        paired
            ? BatchMeans.Of([.. a.Influence.Zip(b.Influence, static (x, y) => y - x)]).HalfWidth
            : BatchMeans.Difference(BatchMeans.Of(a.Influence), BatchMeans.Of(b.Influence)).HalfWidth;

    private static (ImmutableArray<SecondSample> A, ImmutableArray<SecondSample> B, bool Paired, string Method) Samples(ComparedSide a, ComparedSide b)
    {
        if (a.Runs.Length >= RunsAsSamples && b.Runs.Length >= RunsAsSamples)
        {
            return (a.ByRun(), b.ByRun(), false, $"{a.Runs.Length} and {b.Runs.Length} runs, each of them a sample");
        }

        return a.Seconds == b.Seconds
            ? (a.BySecond(), b.BySecond(), true, $"{a.Seconds} seconds, each of one side beside the same second of the other")
            : (a.BySecond(), b.BySecond(), false, $"{a.Seconds} and {b.Seconds} seconds: not as many, so seconds are not paired and intervals are wider");
    }

    private bool Has(ComparisonVerdict verdict) => Figures.Any(figure => figure.Verdict == verdict);
}
