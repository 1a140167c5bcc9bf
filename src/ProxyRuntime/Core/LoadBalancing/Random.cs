namespace MeshSim.ProxyRuntime.Core;

/// <summary>RANDOM: every host alike; weights are ignored.</summary>
internal sealed class Random(RandomStream random) : ILoadBalancer
{
    private HostState[] hosts = [];

    public void Update(HostState[] hosts) => this.hosts = hosts;

    public HostState? ChooseHost() => hosts.Length == 0 ? null : hosts[random.NextModulo(hosts.Length)];
}
