namespace MeshSim.ProxyRuntime.Core;

/// <summary>What the connection manager changes in every response: hop-by-hop headers, <c>server</c>, <c>date</c>, <c>connection</c>.</summary>
internal static class ResponseHeaderMutation
{
    public static void Apply(HeaderMap response, ActiveStream stream, ReadOnlySpan<byte> date, bool closeConnection)
    {
        var settings = stream.Manager.Snapshot;
        if (!response.Contains(HeaderName.Date))
        {
            response.Add(HeaderName.Date, date);
        }

        var server = settings.ServerHeader;
        if (server == ServerHeaderTransformation.Overwrite || (server == ServerHeaderTransformation.AppendIfAbsent && !response.Contains(HeaderName.Server)))
        {
            response.Set(HeaderName.Server, stream.Manager.ServerName);
        }

        var isUpgrade = RemoveHopByHop(response, stream.RequestHeaders);
        var tellId = settings.AlwaysSetRequestIdInResponse || stream.RequestHeaders.Contains(HeaderName.XEnvoyForceTrace);
        if (tellId && stream.RequestHeaders.TryGet(HeaderName.XRequestId, out var id))
        {
            response.Set(HeaderName.XRequestId, id);
        }

        if (settings.Via.Length > 0)
        {
            ViaHeader.Append(response, settings.Via);
        }

        if (closeConnection && !isUpgrade && stream.Info.Connection.Protocol != HttpProtocol.Http2)
        {
            response.Set(HeaderName.Connection, "close"u8);
        }
        else if (stream.Info.Connection.Protocol == HttpProtocol.Http10)
        {
            response.Set(HeaderName.Connection, "keep-alive"u8);
        }
    }

    /// <summary>Takes off headers that hold for one connection only. An accepted upgrade keeps <c>connection</c> and <c>upgrade</c>; returns whether it is one.</summary>
    public static bool RemoveHopByHop(HeaderMap response, HeaderMap request)
    {
        var isUpgrade = UpgradeRequests.IsUpgrade(request) && UpgradeRequests.IsUpgrade(response);
        if (isUpgrade)
        {
            GiveLength(response);
        }
        else
        {
            _ = response.Remove(HeaderName.Connection);
            _ = response.Remove(HeaderName.Upgrade);
        }

        _ = response.Remove(HeaderName.TransferEncoding);
        _ = response.Remove(HeaderName.KeepAlive);
        _ = response.Remove(HeaderName.ProxyConnection);
        return isUpgrade;
    }

    /// <summary>What follows an answer to an upgrade is not framed, so one without any framing that is no 101 is said to be empty.</summary>
    private static void GiveLength(HeaderMap response)
    {
        if (response.StatusCode() >= 200 && !response.Contains(HeaderName.TransferEncoding) && !response.Contains(HeaderName.ContentLength))
        {
            response.Set(HeaderName.ContentLength, 0);
        }
    }
}
