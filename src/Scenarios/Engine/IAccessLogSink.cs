using MeshSim.ProxyRuntime.Core;

namespace MeshSim.Scenarios.Engine;

/// <summary>Takes finished requests of simulated proxies to their access logs.</summary>
public interface IAccessLogSink
{
    /// <param name="info">Valid only during the call.</param>
    /// <param name="logs">Which access logs of its connection manager take a line, a bit each.</param>
    void Write(StreamInfo info, long logs);
}
