using MeshSim.Scenarios.Model;

namespace MeshSim.Scenarios.Engine.Tests.Theory;

/// <summary>One long run, its first tenth left out, the rest cut into slices whose means give an interval.</summary>
internal sealed class TheoryRun : IRunObserver
{
    private const int Slices = 20;

    /// <summary>Student's quantile for a two-sided interval of 99.9 % with 19 degrees of freedom.</summary>
    private const double Student = 3.883;

    private readonly List<Answer>[] answers = [.. Enumerable.Range(0, Slices).Select(static _ => new List<Answer>())];
    private readonly long fromNs;
    private readonly long sliceNs;

    private TheoryRun(Scenario scenario)
    {
        fromNs = scenario.DurationNs / 10;
        sliceNs = (scenario.DurationNs - fromNs) / Slices;
    }

    /// <summary>How many times longer runs are than in the fast set: <c>MESHSIM_THEORY=long dotnet test tests/Scenarios.Engine.Tests --filter Theory</c>.</summary>
    public static double Scale { get; } = Environment.GetEnvironmentVariable("MESHSIM_THEORY") == "long" ? 10 : 1;

    public RunResult Result { get; private set; } = null!;

    /// <summary>Requests to the whole service for each that clients sent.</summary>
    public double Attempts => (double)Result.Endpoints.Sum(static endpoint => endpoint.Arrivals) / Result.Totals.Sent;

    public static TheoryRun Of(Scenario scenario, ulong seed)
    {
        var run = new TheoryRun(scenario);
        run.Result = SingleProcessRunner.Run(scenario, seed, observer: run);
        return run;
    }

    public void Answered(long sentNs, long nowNs, int status)
    {
        if (sentNs >= fromNs && (sentNs - fromNs) / sliceNs is var slice and < Slices)
        {
            answers[slice].Add(new Answer(nowNs - sentNs, status));
        }
    }

    public void Arrived(string endpoint, long nowNs) { }

    /// <summary>The time in the system, in mean service times, of answers with 200.</summary>
    public void HoldsMean(double target, double within) =>
        Holds(target, within, static slice => slice.Where(static answer => answer.Status == 200).Average(static answer => answer.LatencyNs) / Station.UnitNs);

    /// <summary>The share of all answers with 200 that took longer than so many mean service times.</summary>
    public void HoldsShareAbove(double units, double target, double within) =>
        Holds(target, within, slice => (double)slice.Count(answer => answer.Status == 200 && answer.LatencyNs > units * Station.UnitNs) / slice.Count);

    /// <summary>The share of answers with a status.</summary>
    public void HoldsShare(int status, double target, double within) =>
        Holds(target, within, slice => (double)slice.Count(answer => answer.Status == status) / slice.Count);

    /// <summary>
    /// The target lies in the 99.9 % interval, or within 1 % of it; and the interval is narrow enough to say something.
    /// </summary>
    /// <param name="within">The most the half-width may be, as a share of the target.</param>
    private void Holds(double target, double within, Func<List<Answer>, double> measure)
    {
        var means = answers.Select(measure).ToArray();
        var mean = means.Average();
        var half = Student * Math.Sqrt(means.Sum(m => (m - mean) * (m - mean)) / (Slices - 1) / Slices);
        Assert.True(half <= within * target, $"the interval {mean} ± {half} is too wide to say anything of {target}");
        Assert.InRange(target, mean - half - (0.01 * target), mean + half + (0.01 * target));
    }

    private readonly record struct Answer(long LatencyNs, int Status);
}
