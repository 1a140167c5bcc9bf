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

        var isUpgrade = UpgradeRequests.IsUpgrade(stream.RequestHeaders) && UpgradeRequests.IsUpgrade(response);
        if (!isUpgrade)
        {
            _ = response.Remove(HeaderName.Connection);
            _ = response.Remove(HeaderName.Upgrade);
        }

        _ = response.Remove(HeaderName.TransferEncoding);
        _ = response.Remove(HeaderName.KeepAlive);
        _ = response.Remove(HeaderName.ProxyConnection);
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
    }
}
