using System.Collections.Immutable;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>Writes down what a worker does with one request.</summary>
internal sealed class ExplainObserver(WorkerContext context, ulong random) : IRequestObserver
{
    /// <summary>More steps than a chain can have in a few passes; what comes after is not written down.</summary>
    private const int MaxSteps = 10_000;

    /// <summary>What the connection manager answers when time is up, whoever has the request then.</summary>
    private static readonly string[] OfManager =
    [
        ResponseCodeDetails.StreamIdleTimeout,
        LocalReply.RequestTimeout.Details,
        LocalReply.RequestHeaderTimeout.Details,
        LocalReply.MaxDuration(requestComplete: true).Details,
    ];

    private readonly List<RouteLookup> lookups = [];
    private readonly List<FilterStep> filters = [];
    private readonly List<ResponseStep> response = [];
    private readonly ByteBuffer scratch = new();
    private HeaderSnapshot before = HeaderSnapshot.Empty;
    private SortedDictionary<string, string> metadata = new(StringComparer.Ordinal);
    private ActiveStream? stream;
    private HttpFilter? current;
    private HttpFilter? held;
    private HttpFilter? router;
    private MonotonicTime heldSince;
    private bool replied;

    public ulong StreamRandom => random;

    public HeaderSnapshot? Accepted { get; private set; }

    public IReadOnlyList<RouteLookup> Lookups => lookups;

    public IReadOnlyList<FilterStep> Filters => filters;

    public IReadOnlyList<ResponseStep> Response => response;

    public ImmutableArray<RateLimitText> RateLimits { get; private set; } = [];

    public RoutePlan? Plan { get; private set; }

    public OwnReply? Reply { get; private set; }

    /// <summary>The proxy's own requests: who made each, and whether it is a mirror.</summary>
    public Dictionary<StreamId, (string By, bool IsMirror, string Cluster)> Calls { get; } = [];

    /// <summary>The answer of an upstream has come: what follows is its way back.</summary>
    public void OnUpstreamAnswer(HeaderSnapshot head)
    {
        response.Clear();
        response.Add(new ResponseStep("upstream", head));
    }

    public void OnRoute(ActiveStream stream)
    {
        this.stream = stream;
        if (lookups.Count >= MaxSteps)
        {
            return;
        }

        var selection = stream.Selection;
        var cluster = selection.Cluster ?? "";
        var search = RouteSearch.Of(stream.Routes, stream.RequestHeaders, stream.Random, context.Runtime, stream.Info);
        lookups.Add(new RouteLookup(Actor, search, cluster, selection.Weighted, context.Clusters.ContainsKey(cluster)));
    }

    public void OnFilters(ActiveStream stream)
    {
        this.stream = stream;
        before = HeaderSnapshot.Of(stream.RequestHeaders);
        Accepted ??= before;
        metadata = Noted();
        RateLimits = RateLimitText.Of(stream, context);
    }

    public void OnSkipped(HttpFilter filter) => Add(new FilterStep { Name = filter.Name, Outcome = FilterOutcome.Skipped });

    public void OnDecoding(ActiveStream stream, HttpFilter filter)
    {
        this.stream = stream;
        current = filter;
        router = filter is RouterFilter ? filter : router;
        replied = false;
    }

    public void OnDecoded(HttpFilter filter, FilterStatus status, HeaderMap request)
    {
        current = null;
        var isRouter = filter is RouterFilter;
        var outcome =
            replied ? FilterOutcome.Answers
            : isRouter ? FilterOutcome.Forwards
            : status == FilterStatus.Continue ? FilterOutcome.Continues
            : FilterOutcome.Holds;
        Add(
            new FilterStep
            {
                Name = filter.Name,
                Outcome = outcome,
                IsPassThrough = filter is PassThroughFilter,

                // What the router changes shows in what it sends.
                Changes = isRouter ? [] : ChangesTo(request),
                Metadata = NewMetadata(),
            }
        );
        if (outcome == FilterOutcome.Holds)
        {
            held = filter;
            heldSince = context.Now;
        }
    }

    public void OnResumed(HttpFilter filter, HeaderMap request)
    {
        held = null;
        var place = filters.FindLastIndex(step => step.Name == filter.Name);
        if (place >= 0)
        {
            filters[place] = filters[place] with
            {
                Outcome = FilterOutcome.Continues,
                HeldNs = context.Now.Since(heldSince),
                Changes = [.. filters[place].Changes, .. ChangesTo(request)],
                Metadata = [.. filters[place].Metadata, .. NewMetadata()],
            };
        }
    }

    public void OnPlan(Router router)
    {
        if (router.Stream is ActiveStream)
        {
            Plan = RoutePlan.Of(router, context, scratch);
        }
    }

    public void OnOwnRequest(AsyncStream request)
    {
        var isMirror = current is RouterFilter;
        Calls[request.Id] = (Actor, isMirror, request.Selection.Cluster);
    }

    public void OnLocalReply(ActiveStream stream, in LocalReply reply)
    {
        this.stream = stream;
        Accepted ??= HeaderSnapshot.Of(stream.RequestHeaders);
        replied = true;
        var ofManager = OfManager.Contains(reply.Details, StringComparer.Ordinal);
        Reply = new OwnReply(ofManager ? "" : Actor, reply.Status, reply.Details, reply.Flag == ResponseFlag.None ? "" : reply.Flag.ShortName());
        response.Clear();
        if (current is null && held is { } waiting && !ofManager)
        {
            // It had held the request; now it answers.
            held = null;
            var place = filters.FindLastIndex(step => step.Name == waiting.Name);
            filters[place] = filters[place] with { Outcome = FilterOutcome.Answers, HeldNs = context.Now.Since(heldSince) };
        }
    }

    public void OnResponse(HeaderMap response) => this.response.Add(new ResponseStep(Reply is null ? router!.Name : Reply.By, HeaderSnapshot.Of(response)));

    public void OnEncoded(HttpFilter filter, HeaderMap response) => this.response.Add(new ResponseStep(filter.Name, HeaderSnapshot.Of(response)));

    /// <summary>Who acts: the filter that sees the request now, else the one that holds it, else the router once it has it, else the connection manager.</summary>
    private string Actor => (current ?? held ?? (filters.Count > 0 ? router : null))?.Name ?? "";

    private void Add(FilterStep step)
    {
        if (filters.Count < MaxSteps)
        {
            filters.Add(step);
        }
    }

    private ImmutableArray<HeaderChange> ChangesTo(HeaderMap request)
    {
        var after = HeaderSnapshot.Of(request);
        var changes = before.ChangesTo(after);
        before = after;
        return changes;
    }

    private SortedDictionary<string, string> Noted()
    {
        var noted = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in stream!.Info.DynamicMetadata.Namespaces)
        {
            noted[name] = $"{value}";
        }

        return noted;
    }

    private ImmutableArray<(string Namespace, string Json)> NewMetadata()
    {
        var noted = Noted();
        ImmutableArray<(string, string)> fresh =
        [
            .. noted.Where(entry => metadata.GetValueOrDefault(entry.Key) != entry.Value).Select(static entry => (entry.Key, entry.Value)),
        ];
        metadata = noted;
        return fresh;
    }
}
