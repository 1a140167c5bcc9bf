namespace MeshSim.ProxyRuntime.Core;

/// <summary>envoy.filters.http.buffer: lets a request go on when all of it is there, with its content-length.</summary>
internal sealed class BufferFilter(BufferSettings settings) : HttpFilter
{
    private ActiveStream stream = null!;
    private HeaderMap? request;
    private long length;
    private long limit;

    public override void Begin(ActiveStream owner)
    {
        stream = owner;
        request = null;
        length = 0;
    }

    public override FilterStatus DecodeHeaders(HeaderMap head, bool endStream)
    {
        if (endStream || Limit() is not { } bytes)
        {
            return FilterStatus.Continue;
        }

        request = head;
        limit = bytes;
        stream.FilterBufferLimit = bytes;
        return FilterStatus.StopIteration;
    }

    public override FilterStatus DecodeData(long bytes, bool endStream)
    {
        if (request is null)
        {
            return FilterStatus.Continue;
        }

        length += bytes;
        if (length > limit)
        {
            stream.Manager.Stats.DownstreamRqTooLarge.Increment();
            stream.SendLocalReply(LocalReply.PayloadTooLarge);
            return FilterStatus.StopIteration;
        }

        return endStream ? Complete() : FilterStatus.StopIteration;
    }

    public override FilterStatus DecodeTrailers(HeaderMap trailers) => Complete();

    /// <summary>Null: the filter is off for this request.</summary>
    private uint? Limit() => stream.Selection.FilterSettings(Name) is BufferRouteSettings ofRoute ? ofRoute.MaxRequestBytes : settings.MaxRequestBytes;

    private FilterStatus Complete()
    {
        if (request is not null && !request.Contains(HeaderName.ContentLength))
        {
            request.Set(HeaderName.ContentLength, length);
        }

        return FilterStatus.Continue;
    }
}
