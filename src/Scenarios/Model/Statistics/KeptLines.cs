using System.Collections.Immutable;
using System.Text;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.Scenarios.Model;

/// <summary>Keeps the lines of a proxy's access logs, as many as it may.</summary>
public sealed class KeptLines : ILogLineSink
{
    /// <summary>Later lines are only counted.</summary>
    public const int Most = 1_000_000;

    private readonly List<string> lines = [];

    /// <summary>Lines that came when there was no room any more.</summary>
    public long Lost { get; private set; }

    public ImmutableArray<string> Lines => [.. lines];

    public void Write(AccessLogSnapshot log, ReadOnlySpan<byte> line)
    {
        if (lines.Count < Most)
        {
            lines.Add(Encoding.UTF8.GetString(line).TrimEnd('\n'));
        }
        else
        {
            Lost++;
        }
    }
}
