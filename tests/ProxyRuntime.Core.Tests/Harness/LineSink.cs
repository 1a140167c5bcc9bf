using System.Text;

namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>Keeps the lines of access logs as <c>path: line</c>.</summary>
internal sealed class LineSink : ILogLineSink
{
    public List<string> Lines { get; } = [];

    public void Write(AccessLogSnapshot log, ReadOnlySpan<byte> line) => Lines.Add($"{log.Path}: {Encoding.UTF8.GetString(line)}");
}
