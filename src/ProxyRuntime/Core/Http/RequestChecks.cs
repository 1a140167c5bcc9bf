namespace MeshSim.ProxyRuntime.Core;

/// <summary>What the connection manager refuses before routing, in Envoy's order.</summary>
internal static class RequestChecks
{
    /// <summary>The reply to a request that cannot be routed at all, or null.</summary>
    public static LocalReply? Find(HeaderMap request, HttpStats stats)
    {
        if (!request.Contains(HeaderName.Authority))
        {
            return LocalReply.MissingHost;
        }

        var path = request.Get(HeaderName.Path);
        if (path.IsEmpty)
        {
            return LocalReply.MissingPath;
        }

        if (path[0] != (byte)'/')
        {
            stats.DownstreamRqNonRelativePath.Increment();
            return LocalReply.NonRelativePath;
        }

        return path.Contains((byte)'#') ? LocalReply.FragmentInPath : null;
    }
}
