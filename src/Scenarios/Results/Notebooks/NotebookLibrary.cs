using MeshSim.Scenarios.Model;

namespace MeshSim.Scenarios.Results;

/// <summary>Runs scenarios for notebooks; the program that hosts them fills it in.</summary>
public interface INotebookHost
{
    /// <param name="scenario">A name of the library, or a path.</param>
    RunResult Run(string scenario, ulong seed);
}

/// <summary>What cells may call without further ado: <c>Run("seed-httpbin", seed: 7)</c>, <c>Display(…)</c>.</summary>
public static class NotebookLibrary
{
    private static INotebookHost? host;
    private static NotebookOutputs? outputs;

    /// <summary>Runs a scenario in virtual time.</summary>
    public static RunResult Run(string scenario, ulong seed = 1) =>
        (host ?? throw new InvalidOperationException("No notebook is running.")).Run(scenario, seed);

    /// <summary>Shows a plot, a table or any value below the cell.</summary>
    public static void Display(object value) => (outputs ?? throw new InvalidOperationException("No notebook is running.")).Show(value);

    /// <summary>Several results side by side.</summary>
    public static NotebookTable Compare(params RunResult[] results) =>
        new(
            ["", .. results.Select(static result => result.Scenario)],
            [
                .. results
                    .SelectMany(static (result, column) => SummaryTable.Rows(result).Select(row => (row.Name, row.Value, column)))
                    .GroupBy(static row => row.Name, StringComparer.Ordinal)
                    .Select(group =>
                        (string[])
                            [group.Key, .. Enumerable.Range(0, results.Length).Select(column => group.FirstOrDefault(row => row.column == column).Value ?? "")]
                    ),
            ]
        );

    internal static void Attach(INotebookHost newHost, NotebookOutputs newOutputs)
    {
        host = newHost;
        outputs = newOutputs;
    }
}

/// <summary>A table below a cell.</summary>
public sealed record NotebookTable(IReadOnlyList<string> Header, IReadOnlyList<string[]> Rows);
