namespace MeshSim.ProxyRuntime.Core;

/// <summary>Picks one host of a list: the policy behind priorities, health, panic and localities.</summary>
internal abstract class HostPicker
{
    /// <summary>The hosts have changed; what the policy remembers of the former list ends or goes on as Envoy has it.</summary>
    public abstract void Update(HostState[] hosts);

    /// <summary>The next host; null when the list is empty.</summary>
    public abstract HostState? ChooseHost();

    /// <summary>Adds what each host gets of a share of all choices.</summary>
    public abstract void AddShares(double share, BalanceShares shares);
}
