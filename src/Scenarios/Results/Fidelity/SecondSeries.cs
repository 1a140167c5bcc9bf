using System.Collections.Immutable;
using MeshSim.Scenarios.Model;

namespace MeshSim.Scenarios.Results;

/// <summary>Something that was measured and simulated second by second.</summary>
/// <param name="Points">A point for every second in which it was both measured and simulated.</param>
internal sealed record SecondSeries(string Name, ImmutableArray<SecondPoint> Points)
{
    /// <summary>Enough for a band to look at.</summary>
    private const int Draws = 2_000;

    /// <param name="of">Reads it from a second; null where there was nothing.</param>
    public static SecondSeries Of(FidelityOutcome outcome, string name, Func<ExperimentSecond, double?> of)
    {
        var points = ImmutableArray.CreateBuilder<SecondPoint>();
        for (var second = 0; second < outcome.Experiment.LoadSeconds; second++)
        {
            var measured = Values(outcome.Experiment.Runs, second, of);
            var simulated = Values(outcome.Simulated, second, of);
            if (measured.Length == 0 || simulated.Length == 0)
            {
                continue;
            }

            var (low, high) = Judge.MeanInterval(simulated, Math.Min(measured.Length, simulated.Length), Draws);
            points.Add(new SecondPoint(second, measured.Average(), simulated.Average(), low, high));
        }

        return new SecondSeries(name, points.ToImmutable());
    }

    private static double[] Values(ImmutableArray<ExperimentRun> runs, int second, Func<ExperimentSecond, double?> of) =>
        [.. runs.Select(run => run.Seconds.FirstOrDefault(candidate => candidate.Second == second)).OfType<ExperimentSecond>().Select(of).OfType<double>()];
}

/// <summary>One second: means, and where the simulation expects the mean of so many runs as were measured.</summary>
internal readonly record struct SecondPoint(int Second, double Measured, double Simulated, double Low, double High);
