namespace MeshSim.ProxyRuntime.Core;

/// <summary>How an <see cref="EffectKind.OpenConnection"/> ended. The worker itself times out connections that do not answer.</summary>
public enum ConnectOutcome : byte
{
    Connected,

    /// <summary>Refused or reset by the peer, or no route to it.</summary>
    RemoteFailure,

    /// <summary>Could not even be tried: out of descriptors, bad address.</summary>
    LocalFailure,
}
