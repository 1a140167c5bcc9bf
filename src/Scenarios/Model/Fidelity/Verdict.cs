namespace MeshSim.Scenarios.Model;

/// <summary>What a simulated figure is worth beside the measured one.</summary>
public enum Verdict
{
    /// <summary>The simulated mean is within the figure's tolerance of the measured mean.</summary>
    InsideTolerance,

    /// <summary>Not that, but the measured mean is where the simulation expects the mean of so many runs.</summary>
    InsideInterval,

    /// <summary>Neither: the simulation is wrong here.</summary>
    Outside,

    /// <summary>The simulation expects the figure to vary too much for a measurement to say anything. Not judged.</summary>
    TooNoisy,
}

/// <summary>A figure measured and simulated.</summary>
/// <param name="Measured">Mean of the measured runs.</param>
/// <param name="Simulated">Mean of the simulated runs.</param>
/// <param name="Low">Where the central 99 % of the means of as many simulated runs as were measured begin.</param>
/// <param name="High">Where they end.</param>
public sealed record FigureVerdict(Figure Figure, double Measured, double Simulated, double Low, double High, Verdict Verdict);
