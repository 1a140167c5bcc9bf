namespace MeshSim.ProxyRuntime.Core;

/// <summary>
/// RANDOM: every host alike; weights are ignored. As in Envoy the number that chose the priority chooses the host as well: where priorities
/// share the requests, some hosts get a little more than others.
/// </summary>
internal sealed class Random : HostPicker
{
    private HostState[] hosts = [];

    public override void Update(HostState[] hosts) => this.hosts = hosts;

    public override HostState? ChooseHost(ulong draw) => hosts.Length == 0 ? null : hosts[draw % (ulong)hosts.Length];

    public override HostState? PeekHost(ulong draw) => ChooseHost(draw);

    public override void AddShares(double share, int[] draws, BalanceShares shares)
    {
        if (hosts.Length == 0)
        {
            shares.AddNone(share);
            return;
        }

        var common = GreatestCommonDivisor(100, hosts.Length);
        for (var i = 0; i < hosts.Length; i++)
        {
            var residue = i % common;
            shares.Add(hosts[i], share * draws.Count(draw => draw % common == residue) / draws.Length * common / hosts.Length);
        }
    }

    private static int GreatestCommonDivisor(int a, int b) => b == 0 ? a : GreatestCommonDivisor(b, a % b);
}
