using System.Globalization;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>Where a replay came out differently from its recording.</summary>
/// <param name="Line">Line of the recording, from 1.</param>
/// <param name="Recorded">What stands there.</param>
/// <param name="Replayed">What the fresh machine gave.</param>
public sealed record ReplayDifference(int Line, string Recorded, string Replayed);

/// <summary>
/// The third driver of the core: feeds recorded inputs to fresh machines and compares every effect and every deadline with the
/// recorded ones. That they are equal is the proof that live traffic and simulation run the same decisions.
/// </summary>
public sealed class Replay
{
    private readonly Dictionary<string, ReplayMachine> machines = new(StringComparer.Ordinal);

    /// <param name="header">The head of the recording.</param>
    /// <param name="snapshot">Its configuration, loaded.</param>
    /// <param name="listeners">Reads a response with listeners as the recorded proxy did; null where it had none.</param>
    public Replay(RecordingHeader header, ProxySnapshot snapshot, Func<string, ListenersAnswer>? listeners = null)
    {
        snapshot = snapshot with { LocalAddress = new NetworkAddress(header.LocalAddress, 0), Drain = header.Drain };
        var known = new ReplayListeners(listeners);
        var shared = new ProxyShared(snapshot);
        var source = new RandomSource(header.Seed);
        var hosts = new ReplayHosts(shared);
        machines["main"] = new ReplayMachine(new ProxyMain(snapshot, source, header.EpochUnixNs), hosts, known);
        for (var i = 0; i < header.Concurrency; i++)
        {
            var name = i.ToString(CultureInfo.InvariantCulture);
            machines[name] = new ReplayMachine(new Worker(snapshot, shared, source.DeriveSource("worker", name), header.EpochUnixNs), hosts, known);
        }
    }

    /// <summary>Inputs that were fed.</summary>
    public int Inputs { get; private set; }

    /// <summary>Replays all lines. Returns the first difference, or null when there is none.</summary>
    /// <param name="lines">The recording, its head included; read once and not kept.</param>
    /// <exception cref="FormatException">A line cannot be read.</exception>
    public ReplayDifference? Run(IEnumerable<string> lines)
    {
        using var line = lines.GetEnumerator();
        for (var number = 1; line.MoveNext(); number++)
        {
            if (line.Current.StartsWith('#'))
            {
                continue;
            }

            var (machine, input) = Split(line.Current);
            if (!input.StartsWith("> ", StringComparison.Ordinal))
            {
                return new ReplayDifference(number, input, "(nothing more)");
            }

            Inputs++;
            foreach (var replayed in Feed(machine, input, number))
            {
                number++;
                var recorded = line.MoveNext() ? Split(line.Current).Text : "(the end)";
                if (!string.Equals(recorded, replayed, StringComparison.Ordinal))
                {
                    return new ReplayDifference(number, recorded, replayed);
                }
            }
        }

        return null;
    }

    private IEnumerable<string> Feed(string machine, string input, int number)
    {
        try
        {
            return machines[machine].Feed(input);
        }
        catch (Exception e) when (e is FormatException or ArgumentException or KeyNotFoundException or IndexOutOfRangeException or OverflowException)
        {
            throw new FormatException($"line {number}: '{input}' cannot be read: {e.Message}", e);
        }
    }

    private static (string Machine, string Text) Split(string line)
    {
        var blank = line.IndexOf(' ', StringComparison.Ordinal);
        return blank < 0 ? throw new FormatException($"'{line}' is no line of a recording.") : (line[..blank], line[(blank + 1)..]);
    }
}
