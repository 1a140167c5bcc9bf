namespace MeshSim.ProxyRuntime.Core;

/// <summary>What a reset reason means for the client: its text in bodies, its flag, its status.</summary>
internal static class ResetReasons
{
    public static string Text(ResetReason reason) =>
        reason switch
        {
            ResetReason.ConnectionTermination => "connection termination",
            ResetReason.LocalConnectionFailure => "local connection failure",
            ResetReason.RemoteConnectionFailure => "remote connection failure",
            ResetReason.ConnectionTimeout => "connection timeout",
            ResetReason.LocalReset => "local reset",
            ResetReason.RemoteReset => "remote reset",
            ResetReason.RemoteRefusedStreamReset => "remote refused stream reset",
            ResetReason.Overflow => "overflow",
            ResetReason.ProtocolError => "protocol error",
            _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, "No reset happened."),
        };

    public static ResponseFlag Flag(ResetReason reason) =>
        reason switch
        {
            ResetReason.ConnectionTermination => ResponseFlag.UpstreamConnectionTermination,
            ResetReason.LocalConnectionFailure or ResetReason.RemoteConnectionFailure or ResetReason.ConnectionTimeout =>
                ResponseFlag.UpstreamConnectionFailure,
            ResetReason.LocalReset => ResponseFlag.LocalReset,
            ResetReason.RemoteReset or ResetReason.RemoteRefusedStreamReset => ResponseFlag.UpstreamRemoteReset,
            ResetReason.Overflow => ResponseFlag.UpstreamOverflow,
            ResetReason.ProtocolError => ResponseFlag.UpstreamProtocolError,
            _ => ResponseFlag.None,
        };

    /// <summary>502 for an upstream that broke the protocol, 503 for everything else.</summary>
    public static int Status(ResetReason reason) => reason == ResetReason.ProtocolError ? 502 : 503;

    /// <summary>True for failures to connect, which retry_on connect-failure covers.</summary>
    public static bool IsConnectFailure(ResetReason reason) =>
        reason is ResetReason.LocalConnectionFailure or ResetReason.RemoteConnectionFailure or ResetReason.ConnectionTimeout;
}
