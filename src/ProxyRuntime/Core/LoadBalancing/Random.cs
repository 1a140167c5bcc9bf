namespace MeshSim.ProxyRuntime.Core;

/// <summary>RANDOM: every host alike; weights are ignored.</summary>
internal sealed class Random(RandomStream random) : HostPicker
{
    private HostState[] hosts = [];

    public override void Update(HostState[] hosts) => this.hosts = hosts;

    public override HostState? ChooseHost() => hosts.Length == 0 ? null : hosts[random.NextModulo(hosts.Length)];

    public override void AddShares(double share, BalanceShares shares) => shares.AddEvenly(hosts, share);
}
