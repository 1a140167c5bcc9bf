namespace MeshSim.ProxyRuntime.Core;

/// <summary>Takes lines of access logs: a driver writes them to files, or keeps them.</summary>
public interface ILogLineSink
{
    /// <param name="log">Which log.</param>
    /// <param name="line">The line, with its line end if the format has one; valid only during the call.</param>
    void Write(AccessLogSnapshot log, ReadOnlySpan<byte> line);
}
