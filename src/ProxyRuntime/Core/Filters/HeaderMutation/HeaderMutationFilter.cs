namespace MeshSim.ProxyRuntime.Core;

/// <summary>envoy.filters.http.header_mutation: adds, replaces and removes headers, trailers and query parameters.</summary>
internal sealed class HeaderMutationFilter(WorkerContext context, HeaderMutationSettings settings) : HttpFilter
{
    private readonly MessageMutations[] levels = new MessageMutations[RouteSelection.Levels];
    private readonly QueryEditor query = new(context);
    private ActiveStream stream = null!;
    private int count;
    private bool areLevelsKnown;

    public override void Begin(ActiveStream owner)
    {
        stream = owner;
        areLevelsKnown = false;
    }

    public override FilterStatus DecodeHeaders(HeaderMap head, bool endStream)
    {
        FindLevels();
        MutateRequest(settings.Mutations, head);
        foreach (var level in levels.AsSpan(0, count))
        {
            MutateRequest(level, head);
        }

        return FilterStatus.Continue;
    }

    public override FilterStatus DecodeTrailers(HeaderMap trailers)
    {
        FindLevels();
        settings.Mutations.RequestTrailers.Apply(trailers, stream.Info, context.Scratch);
        foreach (var level in levels.AsSpan(0, count))
        {
            level.RequestTrailers.Apply(trailers, stream.Info, context.Scratch);
        }

        return FilterStatus.Continue;
    }

    public override void EncodeHeaders(HeaderMap head, bool endStream)
    {
        FindLevels();
        settings.Mutations.Response.Apply(head, stream.Info, context.Scratch);
        foreach (var level in levels.AsSpan(0, count))
        {
            level.Response.Apply(head, stream.Info, context.Scratch);
        }
    }

    public override FilterStatus EncodeTrailers(HeaderMap trailers)
    {
        FindLevels();
        settings.Mutations.ResponseTrailers.Apply(trailers, stream.Info, context.Scratch);
        foreach (var level in levels.AsSpan(0, count))
        {
            level.ResponseTrailers.Apply(trailers, stream.Info, context.Scratch);
        }

        return FilterStatus.Continue;
    }

    /// <summary>The levels of the route as it is when the filter first acts: request and response go by the same.</summary>
    private void FindLevels()
    {
        if (areLevelsKnown)
        {
            return;
        }

        areLevelsKnown = true;
        count = 0;
        for (var i = 0; i < levels.Length; i++)
        {
            var level = settings.MostSpecificWins ? levels.Length - 1 - i : i;
            if (stream.Selection.FilterSettings(Name, level) is HeaderMutationRouteSettings ofLevel)
            {
                levels[count++] = ofLevel.Mutations;
            }
        }
    }

    private void MutateRequest(MessageMutations mutations, HeaderMap head)
    {
        mutations.Request.Apply(head, stream.Info, context.Scratch);
        if (!mutations.Query.IsEmpty)
        {
            query.Apply(mutations.Query, head, stream.Info);
        }
    }
}
