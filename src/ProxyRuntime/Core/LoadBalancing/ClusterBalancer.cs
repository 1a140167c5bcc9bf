namespace MeshSim.ProxyRuntime.Core;

/// <summary>Chooses a host of a cluster for one worker: priority, panic, locality, policy.</summary>
internal abstract class ClusterBalancer
{
    /// <summary>Takes over the hosts as they are now.</summary>
    /// <param name="made">The tables of a hash policy where the main machine has made them.</param>
    public abstract void Update(HostSet[] sets, HashTables? made);

    /// <summary>The hosts of the local cluster, priority 0, are others now.</summary>
    public virtual void UpdateLocal(HostSet set) { }

    /// <summary>The host for the next attempt; null when there is none to be had. If every draw is refused the last one is taken.</summary>
    public HostState? ChooseHost(LoadBalancerContext choice)
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
