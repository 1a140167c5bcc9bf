namespace MeshSim.ProxyRuntime.Core;

/// <summary>Draws hosts until one is good enough for a retry. If every draw is refused the last one is taken.</summary>
internal abstract class DrawingBalancer : ClusterBalancer
{
    public override HostState? ChooseHost(LoadBalancerContext choice)
    {
        HostState? host = null;
        for (var draw = 0; draw < choice.MaxDraws; draw++)
        {
            host = ChooseOnce(choice, draw);
            if (host is null || !choice.Rejects(host))
            {
                break;
            }
        }

        return host;
    }

    /// <param name="draw">How many hosts were drawn for this choice already.</param>
    protected abstract HostState? ChooseOnce(LoadBalancerContext choice, int draw);
}
