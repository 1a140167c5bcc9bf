using System.Globalization;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>The hosts of a replay: what its main machine announces, shared by the workers as in the proxy that was recorded.</summary>
internal sealed class ReplayHosts(ProxyShared shared)
{
    private readonly Dictionary<string, List<ClusterMembership>> announced = new(StringComparer.Ordinal);

    /// <summary>The main machine has announced these hosts.</summary>
    public void Announce(ClusterMembership membership) => Of(membership.Cluster).Add(membership);

    /// <summary>What a worker was told of a cluster for the so-manieth time.</summary>
    /// <exception cref="FormatException">The main machine has not announced so many.</exception>
    public ClusterMembership Told(string cluster, int number) =>
        number < Of(cluster).Count ? Of(cluster)[number] : throw new FormatException($"The hosts of '{cluster}' were not announced so often.");

    /// <summary>The host of that address, as it was announced last.</summary>
    public HostState Find(string cluster, string address)
    {
        var wanted = Address(address);
        for (var i = Of(cluster).Count - 1; i >= 0; i--)
        {
            if (Of(cluster)[i].Hosts.FirstOrDefault(host => host.Address.Equals(wanted)) is { } host)
            {
                return host;
            }
        }

        throw new FormatException($"Cluster '{cluster}' has no host {address}.");
    }

    /// <summary>The host that a worker has made for that address.</summary>
    public HostState Created(string cluster, string address) => shared.OriginalDst(cluster).GetOrAdd(Address(address));

    public static NetworkAddress Address(string word)
    {
        var bar = word.LastIndexOf('|');
        return new NetworkAddress(word[..bar], int.Parse(word.AsSpan(bar + 1), CultureInfo.InvariantCulture));
    }

    private List<ClusterMembership> Of(string cluster)
    {
        if (!announced.TryGetValue(cluster, out var memberships))
        {
            announced[cluster] = memberships = [];
        }

        return memberships;
    }
}
