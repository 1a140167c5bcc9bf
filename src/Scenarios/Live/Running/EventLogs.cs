using System.Collections.Immutable;
using System.Globalization;
using MeshSim.Scenarios.Model;

namespace MeshSim.Scenarios.Live;

/// <summary>The event logs and access logs of one live proxy, in files that last as long as the run.</summary>
internal sealed class EventLogs : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("meshsim-live").FullName;
    private readonly List<(string Configured, string File)> logs = [];

    /// <summary>The file that stands for a log.</summary>
    public string FileFor(string configured)
    {
        var known = logs.FindIndex(log => log.Configured == configured);
        if (known < 0)
        {
            known = logs.Count;
            logs.Add((configured, Path.Combine(folder, known.ToString(CultureInfo.InvariantCulture))));
        }

        return logs[known].File;
    }

    /// <summary>What was written, log by log; when the proxy has ended.</summary>
    public ImmutableArray<ProxyEvent> Read() =>
        [
            .. logs.Where(static log => File.Exists(log.File))
                .SelectMany(static log => File.ReadLines(log.File).Select(line => new ProxyEvent(log.Configured, line))),
        ];

    /// <summary>The file of its access logs.</summary>
    public string AccessLogFile => Path.Combine(folder, "access");

    /// <summary>What was written into its access logs; when the proxy has ended.</summary>
    /// <param name="lost">Lines beyond <see cref="KeptLines.Most"/>.</param>
    public ImmutableArray<string> ReadAccessLog(out long lost)
    {
        lost = 0;
        if (!File.Exists(AccessLogFile))
        {
            return [];
        }

        var lines = ImmutableArray.CreateBuilder<string>();
        foreach (var line in File.ReadLines(AccessLogFile))
        {
            if (lines.Count < KeptLines.Most)
            {
                lines.Add(line);
            }
            else
            {
                lost++;
            }
        }

        return lines.ToImmutable();
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);
}
