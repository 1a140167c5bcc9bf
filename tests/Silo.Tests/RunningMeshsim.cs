using System.Diagnostics;
using System.Text;

namespace MeshSim.Silo.Tests;

/// <summary>The program while it runs, in a process of its own.</summary>
internal sealed class RunningMeshsim : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);
    private readonly Process process;
    private readonly StringBuilder output = new();
    private readonly Task<string> errors;

    private RunningMeshsim(Process process)
    {
        this.process = process;
        errors = process.StandardError.ReadToEndAsync();
    }

    public int Id => process.Id;

    public static RunningMeshsim Start(string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "meshsim.dll"), .. arguments])
        {
            UseShellExecute = false,
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return new RunningMeshsim(Process.Start(start)!);
    }

    /// <summary>The first line that contains a text.</summary>
    public async Task<string> LineAsync(string text)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (await process.StandardOutput.ReadLineAsync(patience.Token) is { } line)
        {
            _ = output.AppendLine(line);
            if (line.Contains(text, StringComparison.Ordinal))
            {
                return line;
            }
        }

        throw new InvalidOperationException($"It ended without '{text}': {output}{await errors}");
    }

    /// <summary>Its exit code and all it wrote, when it ends by itself.</summary>
    public async Task<(int Code, string Output)> EndAsync()
    {
        _ = output.Append(await process.StandardOutput.ReadToEndAsync().WaitAsync(Patience));
        await process.WaitForExitAsync().WaitAsync(Patience);
        return (process.ExitCode, output + await errors);
    }

    public void Kill() => process.Kill();

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
        }

        process.Dispose();
    }
}
