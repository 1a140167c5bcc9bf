namespace MeshSim.Scenarios.Results;

/// <summary>A figure of two results side by side.</summary>
/// <param name="Difference">B less A; not a number where one of them has nothing to measure.</param>
/// <param name="HalfWidth">The 99 % interval of the difference reaches so far to either side.</param>
/// <param name="Margin">How far apart is still equivalent, in the figure's unit.</param>
/// <param name="MoreRequests">For <see cref="ComparisonVerdict.CannotTell"/>: about so many more requests a side would tell; null if no number is in sight.</param>
public sealed record FigureComparison(
    ComparedFigure Figure,
    double A,
    double B,
    double Difference,
    double HalfWidth,
    double Margin,
    ComparisonVerdict Verdict,
    long? MoreRequests
)
{
    /// <summary>With fewer requests on a side nothing is called equivalent.</summary>
    public const long LeastRequests = 5_000;

    /// <summary>Fewer events than this on both sides vary by chance alone by more than <see cref="RareShare"/>…</summary>
    private const long RareEvents = 100;

    /// <summary>…and what varies by more than this share is not asked to be equal.</summary>
    private const double RareShare = 0.4;

    /// <summary>More than so many times what there is is no advice.</summary>
    private const double MostTimes = 100;

    /// <param name="interval">Of the difference, half of it, without the resolution.</param>
    /// <param name="requests">Requests on the side that has fewer.</param>
    public static FigureComparison Of(ComparedFigure figure, Estimate a, Estimate b, double interval, long requests)
    {
        var difference = b.Value - a.Value;
        var resolution = a.Resolution + b.Resolution;
        var half = interval + resolution;
        var margin = figure.Margin.IsShare ? figure.Margin.Amount * Math.Abs(a.Value) : figure.Margin.Amount;
        var isRare = figure.IsRare && Math.Max(a.Events, b.Events) < RareEvents && half > RareShare * Math.Max(a.Value, b.Value);
        var verdict = Decide(difference, half, margin, isRare, requests);
        return new FigureComparison(
            figure,
            a.Value,
            b.Value,
            difference,
            half,
            margin,
            verdict,
            verdict == ComparisonVerdict.CannotTell && !double.IsNaN(difference)
                ? More(Math.Abs(Math.Abs(difference) - margin) - resolution, interval, requests)
                : null
        );
    }

    /// <param name="isRare">So few events that chance makes them vary by more than margins can ask.</param>
    public static ComparisonVerdict Decide(double difference, double half, double margin, bool isRare, long requests)
    {
        var apart = Math.Abs(difference);
        return apart > half && apart - half > margin ? ComparisonVerdict.Different
            : requests < LeastRequests ? ComparisonVerdict.CannotTell
            : apart + half <= margin ? ComparisonVerdict.Equivalent
            : isRare && apart <= half ? ComparisonVerdict.NotDistinguishable
            : ComparisonVerdict.CannotTell;
    }

    /// <summary>Intervals narrow with the root of the number of requests. Two digits are enough.</summary>
    /// <param name="needed">How narrow it has to be.</param>
    private static long? More(double needed, double interval, long requests)
    {
        var times = needed > 0 ? interval * interval / (needed * needed) : double.PositiveInfinity;
        if (times > MostTimes || requests == 0)
        {
            return requests is > 0 and < LeastRequests && !double.IsFinite(interval) ? LeastRequests - requests : null;
        }

        var more = Math.Max((times * requests) - requests, LeastRequests - requests);
        var step = Math.Max(1, Math.Pow(10, Math.Floor(Math.Log10(Math.Max(more, 1))) - 1));
        return (long)(Math.Ceiling(Math.Max(more, 1) / step) * step);
    }
}
