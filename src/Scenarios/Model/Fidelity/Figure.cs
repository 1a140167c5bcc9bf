namespace MeshSim.Scenarios.Model;

/// <summary>One number by which a simulated experiment is held against the measured one.</summary>
/// <param name="Name"><c>success</c>, <c>p99</c>, <c>arrivals b</c>, or the name of a statistic.</param>
/// <param name="Unit"><c>%</c>, <c>ms</c>, or nothing for a count.</param>
/// <param name="Tolerance">How far the simulated mean may be from the measured one.</param>
/// <param name="Of">Reads it from a run.</param>
public sealed record Figure(string Name, string Unit, Tolerance Tolerance, Func<ExperimentRun, double> Of);

/// <summary>How far off is near enough.</summary>
/// <param name="Amount">In the figure's own unit, or as a share of what was measured.</param>
public readonly record struct Tolerance(double Amount, bool IsShare)
{
    public bool Holds(double measured, double simulated) => Math.Abs(simulated - measured) <= (IsShare ? Amount * Math.Abs(measured) : Amount);
}
