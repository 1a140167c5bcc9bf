using System.Collections.Immutable;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>A RouteConfiguration: finds the virtual host by name, then the first route of it that matches.</summary>
/// <remarks>
/// Search order of domains: exact, longest suffix wildcard (<c>*.a.com</c>), longest prefix wildcard (<c>a.*</c>), <c>*</c>.
/// A wildcard stands for at least one character. The host is compared in lower case, port included. Once a virtual host
/// is chosen there is no falling through to another.
/// </remarks>
public sealed class RouteTable
{
    private readonly DomainIndex domains;

    /// <param name="name">RouteConfiguration.name.</param>
    /// <param name="virtualHosts">In the order written; their domains are unique, at most one is <c>*</c>.</param>
    public RouteTable(string name, ImmutableArray<VirtualHost> virtualHosts)
    {
        Name = name;
        VirtualHosts = virtualHosts;
        domains = new DomainIndex(virtualHosts);
    }

    public string Name { get; }

    public ImmutableArray<VirtualHost> VirtualHosts { get; }

    /// <summary>The route of a request with the virtual host it stands in, or null: answered 404, flag NR.</summary>
    public Route? Find(HeaderMap request, out VirtualHost? virtualHost)
    {
        virtualHost = domains.Find(request.Get(HeaderName.Authority));
        if (virtualHost is null || !request.TryGet(HeaderName.Path, out var target))
        {
            return null;
        }

        var path = RequestPath.WithoutQuery(target);
        foreach (var route in virtualHost.Routes)
        {
            if (route.Match.Matches(path))
            {
                return route;
            }
        }

        return null;
    }
}
