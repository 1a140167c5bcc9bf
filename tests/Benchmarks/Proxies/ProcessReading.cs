using System.Globalization;

namespace MeshSim.Benchmarks.Proxies;

/// <summary>What Linux tells of a process.</summary>
/// <param name="UserSeconds">Processor time in the program itself.</param>
/// <param name="SystemSeconds">Processor time in the kernel on its behalf.</param>
internal readonly record struct ProcessReading(double UserSeconds, double SystemSeconds)
{
    private const double TicksPerSecond = 100;

    public double Seconds => UserSeconds + SystemSeconds;

    public static ProcessReading Of(int pid)
    {
        // The name, in brackets, may hold spaces: fields are counted from behind it.
        var text = File.ReadAllText($"/proc/{pid}/stat");
        var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
        return new(Ticks(fields[11]), Ticks(fields[12]));
    }

    public static ProcessReading operator -(ProcessReading a, ProcessReading b) => new(a.UserSeconds - b.UserSeconds, a.SystemSeconds - b.SystemSeconds);

    /// <summary>Memory in MB: all that is resident, and what no other process shares.</summary>
    public static (double Resident, double Own) Memory(int pid)
    {
        var (resident, own) = (0.0, 0.0);
        foreach (var line in File.ReadLines($"/proc/{pid}/smaps_rollup"))
        {
            var value = line.StartsWith("Rss:", StringComparison.Ordinal) || line.StartsWith("Private_", StringComparison.Ordinal) ? KiloBytes(line) / 1024 : 0;
            _ = line[0] == 'R' ? resident += value : own += value;
        }

        return (resident, own);
    }

    private static double KiloBytes(string line) => double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);

    private static double Ticks(string field) => long.Parse(field, CultureInfo.InvariantCulture) / TicksPerSecond;
}
