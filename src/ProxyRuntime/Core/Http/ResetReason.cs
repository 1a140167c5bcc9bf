namespace MeshSim.ProxyRuntime.Core;

/// <summary>Why a stream or an attempt ended without its end. Envoy's StreamResetReason.</summary>
public enum ResetReason : byte
{
    None,
    ConnectionTermination,
    LocalConnectionFailure,
    RemoteConnectionFailure,
    ConnectionTimeout,
    LocalReset,
    RemoteReset,
    RemoteRefusedStreamReset,
    Overflow,
    ProtocolError,
}
