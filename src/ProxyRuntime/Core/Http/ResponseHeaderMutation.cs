namespace MeshSim.ProxyRuntime.Core;

/// <summary>What the connection manager changes in every response: hop-by-hop headers, <c>server</c>, <c>date</c>, <c>connection</c>.</summary>
internal static class ResponseHeaderMutation
{
    public static void Apply(HeaderMap response, ActiveStream stream, ReadOnlySpan<byte> date, bool closeConnection)
    {
        _ = response.Remove(HeaderName.Connection);
        _ = response.Remove(HeaderName.KeepAlive);
        _ = response.Remove(HeaderName.ProxyConnection);
        _ = response.Remove(HeaderName.TransferEncoding);
        _ = response.Remove(HeaderName.Upgrade);
        response.Set(HeaderName.Server, stream.Manager.ServerName);
        if (!response.Contains(HeaderName.Date))
        {
            response.Add(HeaderName.Date, date);
        }

        if (stream.Manager.Snapshot.AlwaysSetRequestIdInResponse && stream.RequestHeaders.TryGet(HeaderName.XRequestId, out var id))
        {
            response.Set(HeaderName.XRequestId, id);
        }

        if (closeConnection && stream.Info.Connection.Protocol != HttpProtocol.Http2)
        {
            response.Add(HeaderName.Connection, "close"u8);
        }
    }
}
