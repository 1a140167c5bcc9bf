namespace MeshSim.ProxyRuntime.Core;

/// <summary>The filters of one stream and how far its request has come through them.</summary>
internal sealed class FilterChain
{
    private readonly HttpFilter[] filters;
    private readonly bool[] active;
    private readonly ConnectionManager manager;
    private readonly WorkerContext context;
    private ActiveStream stream = null!;
    private int held = -1;
    private long bytesHeld;
    private bool endHeld;

    public FilterChain(WorkerContext context, ConnectionManager manager)
    {
        this.context = context;
        this.manager = manager;
        filters = [.. manager.Filters.Select(static filter => filter.Create())];
        active = new bool[filters.Length];
    }

    /// <summary>True while a filter holds the request back, so that body bytes must be kept.</summary>
    public bool IsHolding => held >= 0;

    public void Begin(ActiveStream owner)
    {
        stream = owner;
        held = -1;
        bytesHeld = 0;
        endHeld = false;
        for (var i = 0; i < filters.Length; i++)
        {
            active[i] = !manager.Snapshot.HttpFilters[i].Disabled;
            filters[i].Begin(owner);
        }
    }

    /// <summary>The route is known: it may switch filters off and, where they are disabled in the chain, on.</summary>
    public void Choose(in RouteSelection selection)
    {
        for (var i = 0; i < filters.Length; i++)
        {
            if (selection.FilterDisabled(filters[i].Name) is { } disabled)
            {
                active[i] = !disabled;
            }
        }
    }

    public void DecodeHeaders(HeaderMap head, bool endStream)
    {
        endHeld = endStream;
        DecodeHeadersFrom(0, head, trailers: null);
    }

    /// <summary>A filter that stopped the request lets it go on to the next one, with what has come since.</summary>
    public void Continue(HeaderMap head, HeaderMap? trailers)
    {
        var next = held + 1;
        held = -1;
        Resume(next, head, trailers);
    }

    /// <param name="trailers">Trailers that came already; null for none.</param>
    public void DecodeData(long bytes, bool endStream, HeaderMap head, HeaderMap? trailers)
    {
        for (var i = 0; i < filters.Length; i++)
        {
            if (!active[i])
            {
                continue;
            }

            var status = filters[i].DecodeData(bytes, endStream);
            if (i == held)
            {
                bytesHeld += bytes;
                endHeld |= endStream;
                if (status == FilterStatus.Continue)
                {
                    held = -1;
                    Resume(i + 1, head, trailers);
                }

                return;
            }

            if (status == FilterStatus.StopIteration)
            {
                return;
            }
        }
    }

    public void DecodeTrailers(HeaderMap head, HeaderMap trailers)
    {
        for (var i = 0; i < filters.Length; i++)
        {
            if (!active[i])
            {
                continue;
            }

            var status = filters[i].DecodeTrailers(trailers);
            if (i == held)
            {
                endHeld = true;
                if (status == FilterStatus.Continue)
                {
                    held = -1;
                    Resume(i + 1, head, trailers);
                }

                return;
            }

            if (status == FilterStatus.StopIteration)
            {
                return;
            }
        }
    }

    public void EncodeHeaders(HeaderMap head, bool endStream)
    {
        for (var i = filters.Length - 1; i >= 0; i--)
        {
            if (active[i])
            {
                filters[i].EncodeHeaders(head, endStream);
                context.Observer?.OnEncoded(filters[i], head);
            }
        }
    }

    public FilterStatus EncodeData(long bytes, bool endStream)
    {
        for (var i = filters.Length - 1; i >= 0; i--)
        {
            if (active[i] && filters[i].EncodeData(bytes, endStream) == FilterStatus.StopIteration)
            {
                return FilterStatus.StopIteration;
            }
        }

        return FilterStatus.Continue;
    }

    public FilterStatus EncodeTrailers(HeaderMap trailers)
    {
        for (var i = filters.Length - 1; i >= 0; i--)
        {
            if (active[i] && filters[i].EncodeTrailers(trailers) == FilterStatus.StopIteration)
            {
                return FilterStatus.StopIteration;
            }
        }

        return FilterStatus.Continue;
    }

    public void Destroy()
    {
        // Whoever was waiting does not any more: an answer that comes late finds nothing to continue.
        held = -1;
        foreach (var filter in filters)
        {
            filter.OnDestroy();
        }
    }

    /// <summary>Headers from a filter on, then what was held back behind them, until a filter stops the request again.</summary>
    private void Resume(int from, HeaderMap head, HeaderMap? trailers)
    {
        while (true)
        {
            context.Observer?.OnResumed(filters[from - 1], head);
            DecodeHeadersFrom(from, head, trailers);
            var stop = held;
            var released = PassHeld(from, stop, trailers);
            if (stop < 0)
            {
                bytesHeld = 0;
                return;
            }

            if (!released || held < 0)
            {
                return;
            }

            held = -1;
            from = stop + 1;
        }
    }

    /// <summary>Shows what was held to the filters that have seen the headers. Returns whether the one that stopped them lets them go on.</summary>
    private bool PassHeld(int from, int stop, HeaderMap? trailers)
    {
        var last = stop < 0 ? filters.Length - 1 : stop;
        var released = false;
        if (bytesHeld > 0)
        {
            var status = FilterStatus.Continue;
            for (var i = from; i <= last && status == FilterStatus.Continue; i++)
            {
                status = active[i] ? filters[i].DecodeData(bytesHeld, endHeld && trailers is null) : FilterStatus.Continue;
            }

            released = status == FilterStatus.Continue;
        }

        if (trailers is not null)
        {
            var status = FilterStatus.Continue;
            for (var i = from; i <= last && status == FilterStatus.Continue; i++)
            {
                status = active[i] ? filters[i].DecodeTrailers(trailers) : FilterStatus.Continue;
            }

            released |= status == FilterStatus.Continue;
        }

        return released;
    }

    private void DecodeHeadersFrom(int from, HeaderMap head, HeaderMap? trailers)
    {
        for (var i = from; i < filters.Length; i++)
        {
            if (!active[i])
            {
                context.Observer?.OnSkipped(filters[i]);
                continue;
            }

            context.Observer?.OnDecoding(stream, filters[i]);

            // The end goes with the headers only if nothing is waiting behind them.
            var status = filters[i].DecodeHeaders(head, endHeld && bytesHeld == 0 && trailers is null);
            context.Observer?.OnDecoded(filters[i], status, head);
            if (status == FilterStatus.StopIteration)
            {
                // The terminal filter takes the request over; nothing is held back for it.
                held = i < filters.Length - 1 ? i : -1;
                return;
            }
        }
    }
}
