using System.Collections.Immutable;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.Scenarios.Model;

/// <summary>Holds simulated runs of an experiment against the measured ones, figure by figure.</summary>
public static class Judge
{
    /// <summary>An interval wider than this share of its figure, to either side, says nothing.</summary>
    private const double NoisyShare = 0.4;

    private const double Tail = 0.005;

    /// <summary>So many groups give the ends of an interval to within 2 % of its width.</summary>
    private const int Draws = 100_000;

    /// <param name="simulated">At least as many runs as were measured.</param>
    public static ImmutableArray<FigureVerdict> Of(Experiment experiment, IReadOnlyCollection<ExperimentRun> simulated) =>
        [.. Figures.Of(experiment, simulated).Select(figure => Of(figure, experiment.Runs, simulated))];

    private static FigureVerdict Of(Figure figure, IReadOnlyCollection<ExperimentRun> measured, IReadOnlyCollection<ExperimentRun> simulated)
    {
        double[] values = [.. simulated.Select(figure.Of)];
        var measuredMean = measured.Average(figure.Of);
        var simulatedMean = values.Average();
        var (low, high) = MeanInterval(values, measured.Count);
        return new FigureVerdict(figure, measuredMean, simulatedMean, low, high, Decide(figure.Tolerance, measuredMean, simulatedMean, low, high));
    }

    /// <summary>The verdict on one figure, from its means and its interval.</summary>
    public static Verdict Decide(Tolerance tolerance, double measured, double simulated, double low, double high) =>
        high - low > 2 * NoisyShare * Math.Abs(simulated) ? Verdict.TooNoisy
        : tolerance.Holds(measured, simulated) ? Verdict.InsideTolerance
        : measured >= low && measured <= high ? Verdict.InsideInterval
        : Verdict.Outside;

    /// <summary>
    /// The central 99 % of the means of so many runs: of groups of different runs, drawn from a stream of their own, so that the same values
    /// give the same interval.
    /// </summary>
    /// <param name="count">How many runs a group has, at most as many as there are values.</param>
    /// <param name="draws">How many groups are drawn.</param>
    public static (double Low, double High) MeanInterval(IReadOnlyList<double> values, int count, int draws = Draws)
    {
        var random = new RandomSource(0).Derive("mean-interval");
        double[] pool = [.. values];
        var means = new double[draws];
        for (var draw = 0; draw < draws; draw++)
        {
            var sum = 0.0;
            for (var i = 0; i < count; i++)
            {
                var chosen = i + (int)random.NextModulo(pool.Length - i);
                (pool[i], pool[chosen]) = (pool[chosen], pool[i]);
                sum += pool[i];
            }

            means[draw] = sum / count;
        }

        Array.Sort(means);
        var cut = (int)(Tail * draws);
        return (means[cut], means[draws - 1 - cut]);
    }
}
