namespace MeshSim.ProxyRuntime.Core;

/// <summary>At which moment of a request or connection a log is written, as ACCESS_LOG_TYPE prints it.</summary>
public enum LogEntryType : byte
{
    /// <summary>No log is written: a header or a body is.</summary>
    NotSet,

    /// <summary>The request is over.</summary>
    DownstreamEnd,

    /// <summary>The connection of a TCP proxy is over.</summary>
    TcpConnectionEnd,
}
