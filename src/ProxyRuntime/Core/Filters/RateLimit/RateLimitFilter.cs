namespace MeshSim.ProxyRuntime.Core;

/// <summary>envoy.filters.http.ratelimit: asks a rate limit service whether a request may pass.</summary>
internal sealed class RateLimitFilter(WorkerContext context, RateLimitScope scope) : HttpFilter, IResponseModifier
{
    private const string HitsAddendKey = "envoy.ratelimit.hits_addend";
    private const int ResourceExhausted = 8;

    private readonly HeaderMap responseHeaders = new();
    private ActiveStream stream = null!;
    private RouteSelection selection;
    private ClusterState? cluster;
    private RateLimitRouteSettings? ofRoute;
    private RateLimitCall? call;
    private State state;
    private bool isAsking;

    private enum State : byte
    {
        NotStarted,
        Calling,
        Complete,
        Responded,
    }

    public override void Begin(ActiveStream owner)
    {
        stream = owner;
        selection = default;
        cluster = null;
        ofRoute = null;
        call = null;
        state = State.NotStarted;
        responseHeaders.Reset();
    }

    public override FilterStatus DecodeHeaders(HeaderMap head, bool endStream)
    {
        if (!scope.IsEnabled || !Concerns(head))
        {
            return FilterStatus.Continue;
        }

        // Kept for what is counted when the stream is done.
        selection = stream.Selection;
        cluster = context.Clusters.GetValueOrDefault(selection.Cluster);
        if (selection.Action is null || cluster is null)
        {
            return FilterStatus.Continue;
        }

        ofRoute = selection.FilterSettings(Name) as RateLimitRouteSettings;
        scope.Describe(head, stream.Info, selection, ofRoute, onStreamDone: false);
        if (scope.Descriptors.Count > 0)
        {
            state = State.Calling;
            call = scope.NewCall();
            isAsking = true;
            call.Ask(Domain, Hits(stream.Info.FilterState), stream.Info, this);
            isAsking = false;
        }

        return Status;
    }

    public override FilterStatus DecodeData(long bytes, bool endStream) => Status;

    public override FilterStatus DecodeTrailers(HeaderMap trailers) => Status;

    public override void EncodeHeaders(HeaderMap head, bool endStream) => AddResponseHeaders(head);

    public override void OnDestroy()
    {
        if (state == State.Calling)
        {
            state = State.Complete;
            call!.Cancel();
            call = null;
        }
        else if (selection.Action is not null && cluster is not null)
        {
            scope.Describe(stream.RequestHeaders, stream.Info, selection, ofRoute, onStreamDone: true);
            if (scope.Descriptors.Count > 0)
            {
                scope.NewCall().Ask(Domain, Hits(stream.Info.FilterState), stream.Info, filter: null);
            }
        }
    }

    /// <summary>The service has answered, or could not be asked.</summary>
    public void OnAnswer(RateLimitAnswer answer)
    {
        call = null;
        state = State.Complete;
        if (answer.IsOk)
        {
            Take(answer);
        }

        Count(answer);
        if (answer.IsOverLimit && scope.IsEnforced)
        {
            Refuse(answer.Body);
            return;
        }

        if (!answer.IsOk && scope.RefusesOnError)
        {
            state = State.Responded;
            stream.SendLocalReply(new LocalReply(scope.Settings.StatusOnError, default, ResponseFlag.RateLimitServiceError, "rate_limiter_error"));
            return;
        }

        if (!answer.IsOk)
        {
            scope.StatsOf(cluster!).FailureModeAllowed.Increment();
        }

        if (!isAsking)
        {
            answer.AddRequestHeaders(stream.RequestHeaders);
            stream.ContinueDecoding();
        }
    }

    /// <summary>The headers of a refusal: a content-type of the service's replaces the usual one.</summary>
    public void ModifyLocalReply(HeaderMap response)
    {
        if (responseHeaders.Contains(HeaderName.ContentType))
        {
            _ = response.Remove(HeaderName.ContentType);
        }

        AddResponseHeaders(response);
        scope.Settings.ResponseHeaders.Apply(response, stream.Info, context.Scratch);
    }

    private FilterStatus Status => state is State.Calling or State.Responded ? FilterStatus.StopIteration : FilterStatus.Continue;

    private string Domain => ofRoute is { Domain.Length: > 0 } ? ofRoute.Domain : scope.Settings.Domain;

    private bool Concerns(HeaderMap head) =>
        scope.Settings.RequestType == RateLimitRequestType.Both
        || (scope.Settings.RequestType == RateLimitRequestType.Internal) == head.Get(HeaderName.XEnvoyInternal).SequenceEqual("true"u8);

    /// <summary>Headers and metadata for later.</summary>
    private void Take(in RateLimitAnswer answer)
    {
        if (answer.DynamicMetadata is { Fields.Count: > 0 } metadata)
        {
            stream.Info.DynamicMetadata.Merge("envoy.filters.http.ratelimit", metadata);
        }

        answer.AddResponseHeaders(responseHeaders);
        if (answer.IsOverLimit && !scope.Settings.DisableXEnvoyRateLimitedHeader)
        {
            responseHeaders.Set(HeaderName.XEnvoyRateLimited, "true"u8);
        }

        answer.AddXRateLimitHeaders(responseHeaders, context.Scratch);
    }

    private void Count(in RateLimitAnswer answer)
    {
        var stats = scope.StatsOf(cluster!);
        if (!answer.IsOk)
        {
            stats.Error.Increment();
        }
        else if (answer.IsOverLimit)
        {
            stats.OverLimit.Increment();
            cluster!.Stats.Responses.Charge(
                new ResponseFacts(scope.Settings.RateLimitedStatus, Internal: true, Canary: false, ToZone: "", CompletedOnly: false)
            );
        }
        else
        {
            stats.Ok.Increment();
        }
    }

    private void Refuse(ReadOnlySpan<byte> body)
    {
        state = State.Responded;
        int? grpcStatus = scope.Settings.RateLimitedAsResourceExhausted ? ResourceExhausted : null;
        stream.SendLocalReply(
            new LocalReply(scope.Settings.RateLimitedStatus, body.ToArray(), ResponseFlag.RateLimited, "request_rate_limited", grpcStatus),
            this
        );
    }

    /// <summary>Once: either to a reply of the proxy's own or to the response.</summary>
    private void AddResponseHeaders(HeaderMap response)
    {
        for (var i = 0; i < responseHeaders.Count; i++)
        {
            response.Add(responseHeaders[i].Name, responseHeaders[i].Value);
        }

        responseHeaders.Reset();
    }

    private static uint Hits(FilterState filterState) =>
        filterState.Get(HitsAddendKey) is { } text
        && uint.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var hits)
            ? hits
            : 0;
}
