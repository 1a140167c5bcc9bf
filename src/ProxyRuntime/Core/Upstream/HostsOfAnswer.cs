using System.Collections.Immutable;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>Snapshots of the hosts that endpoints are at the addresses of one DNS answer, each made once. For any thread: what is kept is swapped whole.</summary>
internal sealed class HostsOfAnswer
{
    /// <summary>One entry for each endpoint that goes by the name: few.</summary>
    private ImmutableArray<(EndpointSnapshot Endpoint, ImmutableArray<HostSnapshot> Hosts)> made = [];

    public ImmutableArray<HostSnapshot> Of(EndpointSnapshot endpoint, ImmutableArray<string> addresses)
    {
        foreach (var (known, hosts) in made)
        {
            if (ReferenceEquals(known, endpoint))
            {
                return hosts;
            }
        }

        ImmutableArray<HostSnapshot> fresh = [.. addresses.Select(ip => Host(endpoint, ip))];
        _ = ImmutableInterlocked.Update(ref made, static (all, entry) => all.Add(entry), (endpoint, fresh));
        return fresh;
    }

    private static HostSnapshot Host(EndpointSnapshot endpoint, string ip) =>
        endpoint.HostAt(ip, endpoint.Hostname.Length > 0 ? endpoint.Hostname : endpoint.Address);
}
