using System.Collections.Immutable;
using System.Text;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>
/// The policy override_host: a request brings a list of hosts, the first for its first attempt, the others for retries. Hosts that are not
/// there are passed over, their health does not count; when the list is at its end the other policy chooses.
/// </summary>
internal sealed class OverrideHostBalancer(ImmutableArray<OverrideHostSource> sources, ClusterBalancer fallback) : ClusterBalancer
{
    private HostMap hosts = new([]);

    public override void Update(HostSet[] sets, BalancerTables? made)
    {
        hosts = new HostMap(sets.SelectMany(static set => set.All));
        fallback.Update(sets, made);
    }

    public override void UpdateLocal(HostSet set) => fallback.UpdateLocal(set);

    public override HostState? PeekHost(LoadBalancerContext choice) => fallback.PeekHost(choice);

    /// <summary>Of requests that bring no hosts.</summary>
    public override void AddShares(LoadBalancerContext choice, BalanceShares shares) => fallback.AddShares(choice, shares);

    public override HostState? ChooseHost(LoadBalancerContext choice)
    {
        var wanted = choice.WantedHosts;
        if (choice.Request is { } request && !wanted.AreKnown)
        {
            wanted.AreKnown = true;
            foreach (var source in sources)
            {
                if (source.Header is { } header)
                {
                    wanted.Add(request.Headers.Get(header));
                }
                else if (request.Metadata.Get(source.MetadataKey)?.At(source.MetadataPath.AsSpan()) is { Kind: MetadataKind.Text } value)
                {
                    wanted.Add(Encoding.UTF8.GetBytes(value.Text));
                }
            }
        }

        while (wanted.TryTake(out var address))
        {
            if (hosts.Find(address) is { } host)
            {
                return host;
            }
        }

        return fallback.ChooseHost(choice);
    }
}
