using System.CommandLine;

namespace MeshSim.Silo;

/// <summary>Runs the command line and turns every outcome into an exit code.</summary>
internal static class CommandRunner
{
    public static async Task<int> RunAsync(RootCommand root, string[] args)
    {
        var parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            foreach (var error in parsed.Errors)
            {
                await Console.Error.WriteLineAsync($"meshsim: {error.Message}").ConfigureAwait(false);
            }

            await Console.Error.WriteLineAsync("Try 'meshsim --help', or --help after a command.").ConfigureAwait(false);
            return ExitCodes.BadInput;
        }

        try
        {
            // Commands end by signals themselves: a proxy drains, a run keeps what it has.
            return await parsed
                .InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null })
                .ConfigureAwait(false);
        }
        catch (BadInputException e)
        {
            await Console.Error.WriteLineAsync($"meshsim: {e.Message}").ConfigureAwait(false);
            return ExitCodes.BadInput;
        }
        catch (Exception e)
        {
            await Console.Error.WriteLineAsync($"meshsim: internal error; please report it.\n{e}").ConfigureAwait(false);
            return ExitCodes.InternalError;
        }
    }
}

/// <summary>The user gave something that cannot be used; the message says what and how to mend it.</summary>
internal sealed class BadInputException(string message, Exception? inner = null) : Exception(message, inner);
