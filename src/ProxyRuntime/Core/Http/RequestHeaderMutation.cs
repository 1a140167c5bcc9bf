using System.Text;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>What the connection manager changes in a request before routing: hop-by-hop headers, addresses, identity, Envoy's own headers.</summary>
internal static class RequestHeaderMutation
{
    /// <summary>Headers by which a request steers the proxy; believed only from internal callers, and nothing is internal by default.</summary>
    private static readonly HeaderName[] FromInternalOnly =
    [
        HeaderName.XEnvoyRetriableStatusCodes,
        HeaderName.XEnvoyRetriableHeaderNames,
        HeaderName.XEnvoyRetryOn,
        HeaderName.XEnvoyRetryGrpcOn,
        HeaderName.XEnvoyMaxRetries,
        HeaderName.XEnvoyUpstreamAltStatName,
        HeaderName.XEnvoyUpstreamRqTimeoutMs,
        HeaderName.XEnvoyUpstreamRqPerTryTimeoutMs,
        HeaderName.XEnvoyUpstreamRqTimeoutAltResponse,
        HeaderName.XEnvoyExpectedRqTimeoutMs,
        HeaderName.XEnvoyForceTrace,
        HeaderName.XEnvoyIpTags,
        HeaderName.XEnvoyOriginalUrl,
        HeaderName.XEnvoyHedgeOnPerTryTimeout,
    ];

    /// <summary>Headers an edge proxy (use_remote_address) also takes away.</summary>
    private static readonly HeaderName[] FromInsideTheMeshOnly =
    [
        HeaderName.XEnvoyDecoratorOperation,
        HeaderName.XEnvoyDownstreamServiceCluster,
        HeaderName.XEnvoyDownstreamServiceNode,
        HeaderName.XEnvoyOriginalPath,
        HeaderName.XEnvoyOriginalHost,
    ];

    /// <summary>Returns the status of a refusal if the request does not say where it comes from and has to, else 0.</summary>
    public static int Apply(HeaderMap request, ActiveStream stream, WorkerContext context)
    {
        var settings = stream.Manager.Snapshot;
        var connection = stream.Info.Connection;
        HopByHopHeaders.RemoveFromRequest(request);
        RefererHeader.Sanitize(request);
        var client = ClientAddress.Find(request, settings.ClientAddress, connection, context);
        if (client.RejectStatus != 0)
        {
            return client.RejectStatus;
        }

        SetScheme(request, settings, connection, context);
        var isInternal = client is { AllowTrustedChecks: true, Address: { } address } && IsInternal(settings.ClientAddress, address);
        stream.Info.RemoteAddress = client.Address ?? connection.Remote;
        var isEdge = !isInternal && settings.ClientAddress.UseRemoteAddress;
        if (isInternal)
        {
            request.Set(HeaderName.XEnvoyInternal, "true"u8);
        }
        else
        {
            RemoveInternalHeaders(request, stream.Routes, isEdge);
        }

        AddIdentity(request, settings, context);
        if (isEdge)
        {
            request.Set(HeaderName.XEnvoyExternalAddress, stream.Info.RemoteAddress.IpBytes);
        }

        if (settings.GenerateRequestId)
        {
            context.RequestIds.Set(request, isEdge, settings);
        }

        ClientCertHeader.Apply(request, settings, connection, context.Scratch);
        return 0;
    }

    private static void SetScheme(HeaderMap request, HttpConnectionManagerSnapshot settings, ConnectionInfo connection, WorkerContext context)
    {
        var own = connection.IsTls ? "https"u8 : "http"u8;
        var untrusted = settings.ClientAddress.UseRemoteAddress && settings.ClientAddress.TrustedHops == 0;
        if (untrusted || !request.Contains(HeaderName.XForwardedProto))
        {
            request.Set(HeaderName.XForwardedProto, own);
        }

        if (settings.ClientAddress.AppendForwardedPort && (untrusted || !request.Contains(HeaderName.XForwardedPort)))
        {
            request.Set(HeaderName.XForwardedPort, connection.Local.Port);
        }

        if (settings.SchemeToOverwrite.Length > 0)
        {
            context.Scratch.Clear();
            context.Scratch.Advance(Encoding.Latin1.GetBytes(settings.SchemeToOverwrite, context.Scratch.GetSpan(settings.SchemeToOverwrite.Length)));
            request.Set(HeaderName.Scheme, context.Scratch.Span);
            request.Set(HeaderName.XForwardedProto, context.Scratch.Span);
        }

        var forwarded = request.Get(HeaderName.XForwardedProto);
        if (!request.TryGet(HeaderName.Scheme, out var scheme))
        {
            var isValid = StringMatcher.EqualsIgnoringCase(forwarded, "http"u8) || StringMatcher.EqualsIgnoringCase(forwarded, "https"u8);
            scheme = isValid ? forwarded : own;
        }

        Span<byte> lower = stackalloc byte[Math.Min(scheme.Length, 64)];
        _ = Ascii.ToLower(scheme[..lower.Length], lower, out _);
        request.Set(HeaderName.Scheme, lower);
    }

    private static bool IsInternal(ClientAddressSnapshot settings, NetworkAddress address)
    {
        foreach (var range in settings.InternalRanges)
        {
            if (range.Contains(address))
            {
                return true;
            }
        }

        return false;
    }

    private static void RemoveInternalHeaders(HeaderMap request, RouteTable table, bool isEdge)
    {
        if (isEdge)
        {
            foreach (var name in FromInsideTheMeshOnly)
            {
                _ = request.Remove(name);
            }
        }

        foreach (var name in FromInternalOnly)
        {
            _ = request.Remove(name);
        }

        foreach (var name in table.InternalOnlyHeaders)
        {
            _ = request.Remove(name);
        }
    }

    private static void AddIdentity(HeaderMap request, HttpConnectionManagerSnapshot settings, WorkerContext context)
    {
        if (settings.AddUserAgent && context.Node.Cluster.Length > 0)
        {
            var cluster = Encoding.UTF8.GetBytes(context.Node.Cluster);
            request.Set(HeaderName.XEnvoyDownstreamServiceCluster, cluster);
            if (request.Get(HeaderName.UserAgent).IsEmpty)
            {
                request.Set(HeaderName.UserAgent, cluster);
            }

            if (context.Node.Id.Length > 0)
            {
                request.Set(HeaderName.XEnvoyDownstreamServiceNode, Encoding.UTF8.GetBytes(context.Node.Id));
            }
        }

        if (settings.Via.Length > 0)
        {
            ViaHeader.Append(request, settings.Via);
        }
    }
}
