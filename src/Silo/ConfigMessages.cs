using MeshSim.ProxyRuntime.Config;

namespace MeshSim.Silo;

/// <summary>Prints what was found in configurations and scenarios, one line each, problems first.</summary>
internal static class ConfigMessages
{
    /// <param name="done">What was not done because of the problems.</param>
    /// <param name="outcome">What came of the problems, if not that nothing was done.</param>
    public static void Print(
        IReadOnlyCollection<ConfigProblem> problems,
        IReadOnlyCollection<ConfigProblem> warnings,
        string done = "started",
        string? outcome = null
    )
    {
        foreach (var problem in problems)
        {
            Console.Error.WriteLine($"{(problem.Unsupported ? "unsupported" : "error")}: {problem}");
        }

        foreach (var warning in warnings)
        {
            Console.Error.WriteLine($"warning: {warning}");
        }

        if (problems.Count > 0)
        {
            Console.Error.WriteLine($"{problems.Count} problem{(problems.Count == 1 ? "" : "s")}; {outcome ?? $"nothing was {done}"}.");
        }
    }
}
