using System.Diagnostics;

namespace MeshSim.Silo.Tests;

/// <summary>The program as a user starts it.</summary>
internal static class MeshsimProgram
{
    /// <summary>Runs it in a folder; standard output and standard error one after the other.</summary>
    public static async Task<(int Code, string Output)> RunAsync(string folder, string arguments)
    {
        var start = new ProcessStartInfo("dotnet", $"{Path.Combine(AppContext.BaseDirectory, "meshsim.dll")} {arguments}")
        {
            UseShellExecute = false,
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + await errors);
    }
}
