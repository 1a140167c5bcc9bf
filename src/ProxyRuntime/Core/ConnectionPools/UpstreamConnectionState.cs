namespace MeshSim.ProxyRuntime.Core;

/// <summary>Where a connection is in its life.</summary>
internal enum UpstreamConnectionState : byte
{
    Connecting,

    /// <summary>Takes another request.</summary>
    Ready,

    /// <summary>Carries as many as it may.</summary>
    Busy,

    /// <summary>Ends with what it carries.</summary>
    Draining,

    Closed,
}
