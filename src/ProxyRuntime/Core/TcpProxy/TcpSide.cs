namespace MeshSim.ProxyRuntime.Core;

/// <summary>The two ends of what a TCP proxy connects.</summary>
public enum TcpSide : byte
{
    /// <summary>The client.</summary>
    Downstream,

    /// <summary>The host.</summary>
    Upstream,
}
