using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Scripting;
using Microsoft.CodeAnalysis.Scripting;

namespace MeshSim.Scenarios.Results;

/// <summary>Runs the C# cells of Jupyter notebooks and stores their outputs, so that they can be read without any kernel.</summary>
public sealed class NotebookRunner
{
    private static readonly JsonSerializerOptions Pretty = new()
    {
        WriteIndented = true,
        IndentSize = 1,
        NewLine = "\n",
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly INotebookHost host;

    /// <param name="host">What notebooks call to run scenarios.</param>
    public NotebookRunner(INotebookHost host) => this.host = host;

    /// <summary>Runs every code cell of one notebook in one script state and writes the outputs back into the file.</summary>
    /// <exception cref="NotebookException">A cell failed; outputs up to it are stored.</exception>
    public async Task RunAsync(string path, CancellationToken cancellation)
    {
        var notebook = JsonNode.Parse(await File.ReadAllTextAsync(path, cancellation).ConfigureAwait(false))!;
        var outputs = new NotebookOutputs();
        NotebookLibrary.Attach(host, outputs);
        var state = await CSharpScript.RunAsync("", Options(), cancellationToken: cancellation).ConfigureAwait(false);
        var number = 0;
        try
        {
            foreach (var cell in notebook["cells"]!.AsArray().Where(static cell => (string?)cell!["cell_type"] == "code"))
            {
                number++;
                state = await RunCellAsync(state, cell!, number, outputs, path, cancellation).ConfigureAwait(false);
            }
        }
        finally
        {
            await File.WriteAllTextAsync(path, notebook.ToJsonString(Pretty) + "\n", CancellationToken.None).ConfigureAwait(false);
        }
    }

    private static async Task<ScriptState<object>> RunCellAsync(
        ScriptState<object> state,
        JsonNode cell,
        int number,
        NotebookOutputs outputs,
        string path,
        CancellationToken cancellation
    )
    {
        var source = string.Concat(cell["source"]!.AsArray().Select(static line => (string?)line));
        outputs.Begin();
        var console = Console.Out;
        using var printed = new StringWriter { NewLine = "\n" };
        Console.SetOut(printed);
        try
        {
            state = await state.ContinueWithAsync(source, Options(), cancellation).ConfigureAwait(false);
            outputs.Print(printed.ToString());
            if (state.ReturnValue is { } value)
            {
                outputs.Show(value);
            }
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw new NotebookException(
                $"{path}, cell {number}: {(e is CompilationErrorException compile ? string.Join("; ", compile.Diagnostics) : e is CellException ? e.Message : e.ToString())}",
                e
            );
        }
        finally
        {
            Console.SetOut(console);
            cell["execution_count"] = number;
            cell["outputs"] = outputs.Take();
        }

        return state;
    }

    /// <summary>References are those of the running program, so notebooks need none of their own.</summary>
    private static ScriptOptions Options()
    {
        var assemblies = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator);
        ImmutableArray<MetadataReference> references =
        [
            .. assemblies
                .Where(static path => path.EndsWith(".dll", StringComparison.Ordinal))
                .Select(static path => (MetadataReference)MetadataReference.CreateFromFile(path)),
        ];
        return ScriptOptions
            .Default.WithReferences(references)
            .WithImports(
                "System",
                "System.Linq",
                "System.Collections.Generic",
                "MeshSim.Scenarios.Model",
                "MeshSim.Scenarios.Results",
                "MeshSim.Scenarios.Results.NotebookLibrary"
            )
            .WithFileEncoding(Encoding.UTF8);
    }
}

/// <summary>A cell failed; the message says which and why.</summary>
public sealed class NotebookException(string message, Exception inner) : Exception(message, inner);
