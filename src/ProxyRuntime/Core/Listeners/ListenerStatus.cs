namespace MeshSim.ProxyRuntime.Core;

/// <summary>One version of a listener, as the main machine has it.</summary>
/// <param name="IsConfigured">It is one of the configuration: discovery neither replaces nor removes it.</param>
/// <param name="Version">version_info of the response that brought it; empty if it is configured.</param>
/// <param name="UpdatedUnixNs">When it was taken over, nanoseconds since the Unix epoch.</param>
public readonly record struct ListenerStatus(ListenerSnapshot Listener, ListenerPhase Phase, bool IsConfigured, string Version, long UpdatedUnixNs);

/// <summary>Where a listener is between its coming and its going.</summary>
public enum ListenerPhase : byte
{
    /// <summary>It waits for what is to be there before connections are taken.</summary>
    Warming,
    Active,

    /// <summary>It takes no connections any more; those it has are being ended.</summary>
    Draining,
}
