using System.Collections.Immutable;
using System.Globalization;
using MeshSim.Scenarios.Model;

namespace MeshSim.Scenarios.Live;

/// <summary>The event logs of one live proxy, in files that last as long as the run.</summary>
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

    public void Dispose() => Directory.Delete(folder, recursive: true);
}
