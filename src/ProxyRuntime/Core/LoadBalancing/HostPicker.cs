namespace MeshSim.ProxyRuntime.Core;

/// <summary>Picks one host of a list: the policy behind priorities, health, panic and localities.</summary>
internal abstract class HostPicker
{
    /// <summary>The hosts have changed; what the policy remembers of the former list ends or goes on as Envoy has it.</summary>
    public abstract void Update(HostState[] hosts);

    /// <summary>The next host; null when the list is empty.</summary>
    /// <param name="draw">The random number by which this list was come to.</param>
    public abstract HostState? ChooseHost(ulong draw);

    /// <summary>The host that a choice to come will give, each time the one after; null where nobody can know.</summary>
    /// <param name="draw">The random number that will lead to this list then.</param>
    public abstract HostState? PeekHost(ulong draw);

    /// <summary>Adds what each host gets of a share of all choices.</summary>
    /// <param name="draws">Those random numbers, modulo 100, that lead to this list.</param>
    public abstract void AddShares(double share, int[] draws, BalanceShares shares);
}
