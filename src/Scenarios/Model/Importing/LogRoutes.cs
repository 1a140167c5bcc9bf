using System.Text;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.Scenarios.Model;

/// <summary>Where the requests of a log go by a configuration: asked of the proxy's own route table.</summary>
public sealed class LogRoutes
{
    private readonly ProxySnapshot snapshot;
    private readonly RouteProbe probe;
    private readonly Dictionary<(string Method, string Path, string Host), Found> found = [];

    private LogRoutes(ProxySnapshot snapshot, ListenerSnapshot listener)
    {
        this.snapshot = snapshot;
        Listener = listener;
        probe = new RouteProbe(listener.ConnectionManager!.RouteTable!);
    }

    public ListenerSnapshot Listener { get; }

    /// <summary>The listener that has routes to clusters for most of some requests; null if none has any. Of equals the first.</summary>
    public static LogRoutes? Of(ProxySnapshot snapshot, IReadOnlyCollection<LoggedRequest> requests)
    {
        LogRoutes? best = null;
        var most = 0;
        foreach (var listener in snapshot.Listeners.Where(static listener => listener.ConnectionManager?.RouteTable is not null))
        {
            var routes = new LogRoutes(snapshot, listener);
            var count = requests.Count(request => routes.Find(request).Cluster.Length > 0);
            if (count > most)
            {
                (best, most) = (routes, count);
            }
        }

        return best;
    }

    /// <summary>What the route table has for a request.</summary>
    public Found Find(LoggedRequest request)
    {
        var key = (request.Method, request.Path, request.Host);
        if (!found.TryGetValue(key, out var known))
        {
            found[key] = known = Ask(request);
        }

        return known;
    }

    private Found Ask(LoggedRequest request)
    {
        probe.Request.Reset();
        probe.Request.Add(":method"u8, Encoding.UTF8.GetBytes(request.Method));
        probe.Request.Add(":path"u8, Encoding.UTF8.GetBytes(request.Path));
        probe.Request.Add(":authority"u8, Encoding.UTF8.GetBytes(request.Host));
        probe.Request.Add(":scheme"u8, "http"u8);
        probe.Find(snapshot.Runtime, random: 0);
        return new Found(probe.Route is not null, probe.Cluster, probe.Weighted is not null);
    }

    /// <param name="HasRoute">There is a route.</param>
    /// <param name="Cluster">Where it leads; empty where it does not forward.</param>
    /// <param name="IsDrawn">The cluster is one of several that are drawn.</param>
    public readonly record struct Found(bool HasRoute, string Cluster, bool IsDrawn);
}
