namespace MeshSim.ProxyRuntime.Core;

/// <summary>The filters of one stream and how far its request has come through them.</summary>
internal sealed class FilterChain
{
    private readonly IHttpFilter[] filters;
    private int reached;
    private bool headersPending;
    private long bytesPending;
    private bool endPending;

    public FilterChain(WorkerContext context, ConnectionManager manager) =>
        filters = [.. manager.Snapshot.HttpFilters.Select(filter => HttpFilterFactory.Create(context, manager, filter))];

    /// <summary>True while a filter holds the request back, so that body bytes must be kept.</summary>
    public bool IsHolding => headersPending;

    public void Begin(ActiveStream stream)
    {
        reached = 0;
        headersPending = false;
        bytesPending = 0;
        endPending = false;
        foreach (var filter in filters)
        {
            filter.Begin(stream);
        }
    }

    public void DecodeHeaders(HeaderMap head, bool endStream)
    {
        endPending = endStream;
        headersPending = true;
        Iterate(head);
    }

    /// <summary>A filter that stopped the headers lets them go on to the next one, with what has come since.</summary>
    public void Continue(HeaderMap head, HeaderMap? trailers)
    {
        reached++;
        Iterate(head);
        if (headersPending)
        {
            return;
        }

        var bytes = bytesPending;
        bytesPending = 0;
        if (bytes > 0)
        {
            DecodeData(bytes, endPending && trailers is null);
        }

        if (trailers is not null)
        {
            DecodeTrailers(trailers);
        }
    }

    public void DecodeData(long bytes, bool endStream)
    {
        if (headersPending)
        {
            bytesPending += bytes;
            endPending |= endStream;
            return;
        }

        foreach (var filter in filters)
        {
            if (filter.DecodeData(bytes, endStream) == FilterStatus.StopIteration)
            {
                return;
            }
        }
    }

    public void DecodeTrailers(HeaderMap trailers)
    {
        if (headersPending)
        {
            endPending = true;
            return;
        }

        foreach (var filter in filters)
        {
            if (filter.DecodeTrailers(trailers) == FilterStatus.StopIteration)
            {
                return;
            }
        }
    }

    public void EncodeHeaders(HeaderMap head, bool endStream)
    {
        for (var i = filters.Length - 1; i >= 0; i--)
        {
            filters[i].EncodeHeaders(head, endStream);
        }
    }

    public void Destroy()
    {
        foreach (var filter in filters)
        {
            filter.OnDestroy();
        }
    }

    private void Iterate(HeaderMap head)
    {
        for (; reached < filters.Length; reached++)
        {
            // The end goes with the headers only if no body is waiting behind them.
            if (filters[reached].DecodeHeaders(head, endPending && bytesPending == 0) == FilterStatus.StopIteration)
            {
                // The terminal filter takes the request over; nothing is held back for it.
                headersPending = reached < filters.Length - 1;
                return;
            }
        }

        headersPending = false;
    }
}
