using System.Diagnostics;
using System.Globalization;

namespace MeshSim.Benchmarks.Proxies;

/// <summary>A run of wrk against one port.</summary>
/// <param name="P99Milliseconds">Time of 99 in 100 answers at most.</param>
internal readonly record struct Wrk(long Requests, double RequestsPerSecond, double P99Milliseconds)
{
    private static readonly (string Unit, double Milliseconds)[] Units = [("us", 0.001), ("ms", 1), ("s", 1000)];

    /// <exception cref="InvalidOperationException">An answer was no 2xx, or a connection failed.</exception>
    public static Wrk Run(string url, int connections, int seconds)
    {
        string[] arguments = ["-t1", $"-c{connections}", $"-d{seconds}", "--latency", url];
        using var wrk = Process.Start(new ProcessStartInfo("wrk", arguments) { RedirectStandardOutput = true, UseShellExecute = false })!;
        var text = wrk.StandardOutput.ReadToEnd();
        wrk.WaitForExit();
        if (wrk.ExitCode != 0 || text.Contains("Non-2xx", StringComparison.Ordinal) || text.Contains("Socket errors", StringComparison.Ordinal))
        {
            throw new InvalidOperationException($"wrk on {url}:\n{text}");
        }

        var lines = text.Split('\n')
            .Select(static line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(static words => words.Length > 1)
            .ToArray();
        return new(
            long.Parse(lines.Single(static words => words is [_, "requests", "in", ..])[0], CultureInfo.InvariantCulture),
            Number(lines.Single(static words => words[0] == "Requests/sec:")[1]),
            Milliseconds(lines.Single(static words => words[0] == "99%")[1])
        );
    }

    private static double Milliseconds(string time)
    {
        var (unit, scale) = Units.First(unit => time.EndsWith(unit.Unit, StringComparison.Ordinal));
        return Number(time[..^unit.Length]) * scale;
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
