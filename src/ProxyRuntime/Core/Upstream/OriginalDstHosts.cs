using System.Collections.Immutable;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>The hosts of one ORIGINAL_DST cluster that any worker has made, by address: workers that ask for the same address get the same host.</summary>
internal sealed class OriginalDstHosts(ClusterSnapshot cluster)
{
    private ImmutableSortedDictionary<string, HostState> hosts = ImmutableSortedDictionary.Create<string, HostState>(StringComparer.Ordinal);

    public HostState GetOrAdd(NetworkAddress address)
    {
        HostState? made = null;
        while (true)
        {
            var seen = Volatile.Read(ref hosts);
            if (seen.TryGetValue(address.Text, out var known))
            {
                return known;
            }

            made ??= new HostState(new HostSnapshot { Address = address, Hostname = cluster.Name + address.Text }, cluster.OutlierDetection);
            if (ReferenceEquals(Interlocked.CompareExchange(ref hosts, seen.Add(address.Text, made), seen), seen))
            {
                return made;
            }
        }
    }

    /// <summary>A host has left the cluster: who asks for its address again gets another one.</summary>
    public void Forget(HostState host)
    {
        while (true)
        {
            var seen = Volatile.Read(ref hosts);
            if (
                !seen.TryGetValue(host.Address.Text, out var known)
                || !ReferenceEquals(known, host)
                || ReferenceEquals(Interlocked.CompareExchange(ref hosts, seen.Remove(host.Address.Text), seen), seen)
            )
            {
                return;
            }
        }
    }
}
