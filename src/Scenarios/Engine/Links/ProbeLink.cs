using MeshSim.ProxyRuntime.Core;

namespace MeshSim.Scenarios.Engine;

/// <summary>One connection for health checks from a simulated proxy to an endpoint.</summary>
internal abstract class ProbeLink(int endpoint)
{
    /// <summary>The endpoint's entity.</summary>
    protected int Endpoint => endpoint;

    public abstract void Send(in Effect effect);

    /// <summary>The request under way is over; the connection stays.</summary>
    public virtual void Cancel() { }

    /// <summary>The proxy closes it.</summary>
    public abstract void Close();

    /// <summary>The peer closed it.</summary>
    /// <param name="tell">Takes what happens; returns whether the connection is still there.</param>
    public abstract void PeerClosed(Func<ProbeEvent, bool> tell);
}
