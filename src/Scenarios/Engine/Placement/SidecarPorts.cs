using MeshSim.Scenarios.Model;

namespace MeshSim.Scenarios.Engine;

/// <summary>Which listeners of a sidecar are which.</summary>
internal static class SidecarPorts
{
    /// <summary>Takes what comes to the pod's address; null where nobody does, and the application itself is there.</summary>
    public static int? Inbound(ServiceRole service, ProxyRole role) => Find(role, service.Sidecar!.InboundPort ?? service.Port);

    /// <summary>Takes what the application calls.</summary>
    public static int Outbound(ServiceRole service, ProxyRole role) =>
        service.Sidecar!.OutboundPort is { } port ? Find(role, port) ?? 0
        : Inbound(service, role) == 0 && role.Snapshot.Listeners.Length > 1 ? 1
        : 0;

    private static int? Find(ProxyRole role, int port)
    {
        for (var i = 0; i < role.Snapshot.Listeners.Length; i++)
        {
            if (role.Snapshot.Listeners[i].Address?.Port == port)
            {
                return i;
            }
        }

        return null;
    }
}
