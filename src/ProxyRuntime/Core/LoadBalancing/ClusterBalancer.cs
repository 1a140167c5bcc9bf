namespace MeshSim.ProxyRuntime.Core;

/// <summary>Chooses a host of a cluster for one worker: priority, panic, locality, policy.</summary>
internal abstract class ClusterBalancer
{
    /// <summary>Takes over the hosts as they are now.</summary>
    /// <param name="made">The tables of the policy where the main machine has made them.</param>
    public abstract void Update(HostSet[] sets, BalancerTables? made);

    /// <summary>The hosts of the local cluster, priority 0, are others now.</summary>
    public virtual void UpdateLocal(HostSet set) { }

    /// <summary>The host for the next attempt; null when there is none to be had.</summary>
    public abstract HostState? ChooseHost(LoadBalancerContext choice);

    /// <summary>
    /// The host that a choice to come will likely give, each time the one after, so that a connection may be made before it is needed; null
    /// where this cannot be known, or as many are known as there are healthy hosts.
    /// </summary>
    public virtual HostState? PeekHost(LoadBalancerContext choice) => null;

    /// <summary>Adds what each host gets of choices like this one.</summary>
    public abstract void AddShares(LoadBalancerContext choice, BalanceShares shares);
}
