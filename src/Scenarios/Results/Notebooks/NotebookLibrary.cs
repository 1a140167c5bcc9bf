using System.Globalization;
using MeshSim.Scenarios.Model;

namespace MeshSim.Scenarios.Results;

/// <summary>Runs scenarios for notebooks; the program that hosts them fills it in.</summary>
public interface INotebookHost
{
    /// <param name="scenario">A name of the library, a path, or the YAML itself.</param>
    /// <param name="settings">Each <c>path=value</c>, as with <c>--set</c>.</param>
    RunResult Run(string scenario, ulong seed, IReadOnlyCollection<string> settings);

    /// <summary>The same over real sockets.</summary>
    RunResult Live(string scenario, ulong seed, IReadOnlyCollection<string> settings);
}

/// <summary>What cells may call without further ado: <c>Run("seed-httpbin", seed: 7)</c>, <c>Display(…)</c>.</summary>
public static class NotebookLibrary
{
    private static INotebookHost? host;
    private static NotebookOutputs? outputs;

    /// <summary>Runs a scenario in virtual time.</summary>
    /// <param name="scenario">A name of the library, a path, or the YAML itself.</param>
    /// <param name="set">Values of it that are set, each <c>path=value</c>: <c>vars.retries=3</c>.</param>
    public static RunResult Run(string scenario, ulong seed = 1, params string[] set) => Host.Run(scenario, seed, set);

    /// <summary>Runs a scenario over real sockets, in real time.</summary>
    public static RunResult Live(string scenario, ulong seed = 1, params string[] set) => Host.Live(scenario, seed, set);

    /// <summary>What the notebook claims: said when it holds, and an error when it does not.</summary>
    /// <exception cref="CellException">It does not hold.</exception>
    public static void Claim(bool holds, FormattableString claim)
    {
        var text = claim.ToString(CultureInfo.InvariantCulture);
        if (!holds)
        {
            throw new CellException($"this does not hold: {text}");
        }

        Console.WriteLine($"Holds: {text}");
    }

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

    private static INotebookHost Host => host ?? throw new InvalidOperationException("No notebook is running.");

    internal static void Attach(INotebookHost newHost, NotebookOutputs newOutputs)
    {
        host = newHost;
        outputs = newOutputs;
    }
}

/// <summary>A claim of a notebook does not hold, or what it runs cannot be used; the message is all there is to say.</summary>
public sealed class CellException(string message) : Exception(message);

/// <summary>A table below a cell.</summary>
public sealed record NotebookTable(IReadOnlyList<string> Header, IReadOnlyList<string[]> Rows);
