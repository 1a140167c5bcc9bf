namespace MeshSim.ProxyRuntime.Core;

/// <summary>What the connection manager refuses before routing, in Envoy's order, and what it makes uniform on the way.</summary>
internal static class RequestChecks
{
    /// <summary>The reply to a request that cannot be routed as it is, or null.</summary>
    public static LocalReply? Find(HeaderMap request, ConnectionManager manager, ConnectionInfo connection, ByteBuffer scratch)
    {
        if (!request.Contains(HeaderName.Authority))
        {
            return LocalReply.MissingHost;
        }

        var isConnect = request.Get(HeaderName.Method).SequenceEqual("CONNECT"u8);
        var path = request.Get(HeaderName.Path);
        if (path.IsEmpty && (!isConnect || request.Contains(HeaderName.Path)))
        {
            return LocalReply.MissingPath;
        }

        if (!path.IsEmpty && path[0] != (byte)'/')
        {
            manager.Stats.DownstreamRqNonRelativePath.Increment();
            return LocalReply.NonRelativePath;
        }

        var refusal = path.IsEmpty ? null : NormalizePath(request, manager, scratch);
        if (refusal is null)
        {
            NormalizeHost(request, manager.Snapshot.HostHandling, connection);
        }

        return refusal;
    }

    private static LocalReply? NormalizePath(HeaderMap request, ConnectionManager manager, ByteBuffer scratch)
    {
        var action = PathNormalizer.Apply(request, manager.Snapshot.PathHandling, scratch);
        if (action == NormalizePathAction.Reject || (action == NormalizePathAction.Redirect && GrpcMessages.IsGrpc(request)))
        {
            manager.Stats.DownstreamRqFailedPathNormalization.Increment();
            return LocalReply.PathNormalizationFailed;
        }

        if (action == NormalizePathAction.Redirect)
        {
            manager.Stats.DownstreamRqRedirectedWithNormalizedPath.Increment();
            return LocalReply.PathNormalizationRedirect;
        }

        return null;
    }

    private static void NormalizeHost(HeaderMap request, HostHandling settings, ConnectionInfo connection)
    {
        if (settings.StripTrailingDot)
        {
            HostHeader.StripTrailingDot(request);
        }

        if (settings.StripAnyPort || settings.StripMatchingPort)
        {
            _ = HostHeader.StripPort(request, settings.StripAnyPort ? null : connection.Local.Port);
        }
    }
}
