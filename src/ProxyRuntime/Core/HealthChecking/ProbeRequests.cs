using System.Text;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>The heads of health checks by HTTP.</summary>
internal static class ProbeRequests
{
    private static readonly ConnectionInfo NoConnection = new("", new NetworkAddress("127.0.0.1", 0), new NetworkAddress("127.0.0.1", 0));

    private static readonly HttpConnectionManagerSnapshot NoManager = new() { StatPrefix = "", RouteTable = new RouteTable("", []) };

    public static HeaderMap New(string method, string authority, string path)
    {
        var head = new HeaderMap();
        head.Add(HeaderName.Method, Encoding.Latin1.GetBytes(method));
        head.Add(HeaderName.Authority, Encoding.Latin1.GetBytes(authority));
        head.Add(HeaderName.Path, Encoding.Latin1.GetBytes(path));
        return head;
    }

    /// <summary>Headers that are configured; of a stream their formats know the host, the cluster and the time.</summary>
    public static void Mutate(HeaderMap head, HeaderMutations mutations, ProxyMainContext context, ClusterSnapshot cluster, HostState host)
    {
        if (mutations == HeaderMutations.None)
        {
            return;
        }

        var info = new StreamInfo();
        info.Begin(default, NoConnection, NoManager, context.Now, context.UnixNs, head);
        info.Upstream.Host = host;
        info.UpstreamCluster = cluster;
        mutations.Apply(head, info, context.Scratch);
    }
}
