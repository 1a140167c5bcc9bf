using System.Globalization;

namespace MeshSim.Benchmarks.Proxies;

/// <summary>
/// <c>-- proxies [--rounds N] [--seconds S] [--tls]</c>: this proxy beside nginx and haproxy, each on one thread, in turn, round by round.
/// Processor time a request is compared within a round, so that what else the machine does meets all alike.
/// </summary>
internal static class ProxyComparison
{
    private const int WarmUpSeconds = 12;

    public static void Run(string[] arguments)
    {
        var rounds = Option(arguments, "--rounds", 10);
        var seconds = Option(arguments, "--seconds", 3);
        var scheme = arguments.Contains("--tls") ? "https" : "http";
        Course.Install();
        using var course = new Course(Program(), scheme == "https");
        foreach (var rival in course.Rivals)
        {
            _ = Lap.Run(rival, scheme, WarmUpSeconds);
        }

        var laps = course.Rivals.ToDictionary(static rival => rival, static _ => new List<Lap>());
        for (var round = 0; round < rounds; round++)
        {
            for (var i = 0; i < course.Rivals.Count; i++)
            {
                var rival = course.Rivals[(round + i) % course.Rivals.Count];
                laps[rival].Add(Lap.Run(rival, scheme, seconds));
            }
        }

        PrintLaps(course, laps);
        if (scheme == "http")
        {
            PrintRest(course);
        }
    }

    private static void PrintLaps(Course course, Dictionary<Rival, List<Lap>> laps)
    {
        Console.WriteLine("| proxy | user, µs a request | system | together | meshsim's beside it | requests/s | p99, ms |");
        Console.WriteLine("|---|---|---|---|---|---|---|");
        var ours = laps[course.Rivals[0]];
        foreach (var rival in course.Rivals)
        {
            var of = laps[rival];
            var ratios = ours.Zip(of, static (mine, other) => mine.Microseconds / other.Microseconds).Order().ToArray();
            var beside = rival == course.Rivals[0] ? "" : string.Create(CultureInfo.InvariantCulture, $"{Median(ratios):F2} ({ratios[0]:F2}–{ratios[^1]:F2})");
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {rival.Name} | {Median(of, l => l.UserMicroseconds):F2} | {Median(of, l => l.SystemMicroseconds):F2} | {Median(of, l => l.Microseconds):F2} | {beside} | {Median(of, l => l.Load.RequestsPerSecond):F0} | {Median(of, l => l.Load.P99Milliseconds):F2} |"
                )
            );
        }
    }

    private static void PrintRest(Course course)
    {
        Console.WriteLine();
        Console.WriteLine(
            "| proxy | system calls a request | memory after the load, MB resident (own) | with 10,000 idle connections more | start to ready, s |"
        );
        Console.WriteLine("|---|---|---|---|---|");
        foreach (var rival in course.Rivals)
        {
            var calls = SystemCalls.PerRequest(rival);
            var before = ProcessReading.Memory(rival.Pid);
            using var idle = new IdleConnections(rival, rival.Name == "haproxy" ? 8_000 : 10_000);
            var after = ProcessReading.Memory(rival.Pid);
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {rival.Name} | {calls:F2} | {before.Resident:F0} ({before.Own:F0}) | {after.Resident:F0} ({after.Own:F0}) | {rival.StartTime.TotalSeconds:F2} |"
                )
            );
        }
    }

    /// <summary>As <c>./meshsim</c> builds it.</summary>
    public static string Program()
    {
        var root = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(root, "Sim.sln")))
        {
            root = Path.GetDirectoryName(root) ?? throw new InvalidOperationException("This is not run from within the repository.");
        }

        var program = Path.Combine(root, "src/Silo/bin/publish/meshsim");
        return File.Exists(program) ? program : throw new InvalidOperationException("Call ./meshsim once, so that it is built.");
    }

    private static double Median(List<Lap> laps, Func<Lap, double> of) => Median([.. laps.Select(of).Order()]);

    private static double Median(double[] sorted) => (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;

    private static int Option(string[] arguments, string name, int otherwise) =>
        Array.IndexOf(arguments, name) is >= 0 and var at ? int.Parse(arguments[at + 1], CultureInfo.InvariantCulture) : otherwise;
}
