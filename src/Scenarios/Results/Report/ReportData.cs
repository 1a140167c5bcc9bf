using System.Collections.Immutable;

namespace MeshSim.Scenarios.Results;

/// <summary><c>report.json</c>: all that <c>report.html</c> shows. Times are seconds since the run began, latencies milliseconds; series have a value for each step of <see cref="StepS"/>.</summary>
public sealed record ReportData
{
    /// <summary>Raised when the meaning of a field changes.</summary>
    public int ReportVersion { get; init; } = 1;

    public required string Scenario { get; init; }

    public required string Description { get; init; }

    public required ulong Seed { get; init; }

    public required string Meshsim { get; init; }

    /// <summary>Over real sockets, not in virtual time.</summary>
    public required bool IsLive { get; init; }

    public required double DurationS { get; init; }

    public required double WarmUpS { get; init; }

    /// <summary>Seconds in a step: 1, more in long runs.</summary>
    public required int StepS { get; init; }

    public required string ResultHash { get; init; }

    /// <summary>What the summary table has.</summary>
    public required ImmutableArray<ReportRow> Summary { get; init; }

    public required ImmutableArray<ReportExpectation> Expectations { get; init; }

    public required ReportClients Clients { get; init; }

    public required ImmutableArray<ReportProxy> Proxies { get; init; }

    public required ImmutableArray<ReportEndpoint> Endpoints { get; init; }

    public required ImmutableArray<ReportNode> Nodes { get; init; }

    public required ImmutableArray<ReportEdge> Edges { get; init; }

    /// <summary>Boxes that no request came to, where they are not among the nodes.</summary>
    public required ImmutableArray<string> Idle { get; init; }

    public required ImmutableArray<ReportEvent> Events { get; init; }

    public required ImmutableArray<ReportStory> Stories { get; init; }
}

public sealed record ReportRow(string Name, string Value);

public sealed record ReportExpectation(string Expectation, string Measured, bool Passed);

/// <summary>What clients saw.</summary>
/// <param name="Classes">Answers by class – <c>2xx</c>, <c>503</c>, <c>no answer</c> –, in each step.</param>
/// <param name="Quantiles">In milliseconds; null where nothing was answered.</param>
/// <param name="HeatBoundsMs">Lower bounds of the rows of the heat map.</param>
/// <param name="Heat">Answers by step and row.</param>
public sealed record ReportClients(
    ImmutableArray<long> Sent,
    ImmutableArray<ReportSeries> Classes,
    ImmutableArray<ReportLine> Quantiles,
    ImmutableArray<double> HeatBoundsMs,
    ImmutableArray<ImmutableArray<long>> Heat
);

public sealed record ReportSeries(string Name, ImmutableArray<long> Values);

public sealed record ReportLine(string Name, ImmutableArray<double?> Values);

/// <summary>A proxy: its row of the table, and its series.</summary>
/// <param name="Columns">Numbers of the table by the head of their column.</param>
public sealed record ReportProxy(
    string Name,
    ImmutableSortedDictionary<string, long> Responses,
    ImmutableArray<KeyValuePair<string, long>> Columns,
    ImmutableArray<ReportSeries> Outcomes,
    ImmutableArray<ReportSeries> Counters,
    ImmutableArray<ReportSeries> Gauges,
    ImmutableArray<ReportHost> Hosts
);

/// <summary>A host of a proxy's cluster.</summary>
/// <param name="Who">The endpoint or proxy at the address; the address itself for strangers.</param>
public sealed record ReportHost(
    string Cluster,
    string Who,
    string Address,
    int Priority,
    long Total,
    long Success,
    long Error,
    long Timeout,
    long ConnectFail,
    string Health
);

public sealed record ReportEndpoint(
    string Name,
    string Address,
    long Arrivals,
    long Answered,
    long Errors,
    long MaxQueue,
    double Share,
    double OutS,
    ImmutableArray<long> ArrivalsBySecond,
    ImmutableArray<long> AnsweredBySecond,
    ImmutableArray<long> ErrorsBySecond,
    ImmutableArray<long> QueueBySecond
);

/// <summary>A box of the topology.</summary>
/// <param name="Kind"><c>client</c>, <c>proxy</c>, <c>endpoint</c>, <c>stranger</c>, <c>others</c>.</param>
public sealed record ReportNode(string Id, string Kind, long Requests, long Errors);

/// <summary>Requests from one box to another.</summary>
/// <param name="Requests">Those that were not sent, as a limit was reached or there was no connection, are among them.</param>
public sealed record ReportEdge(string From, string To, long Requests, long Errors, long Timeouts);

/// <summary>Something that happened.</summary>
/// <param name="AtS">When it began.</param>
/// <param name="UntilS">When it was over; null for a moment.</param>
/// <param name="Kind"><c>fault</c>, <c>ejection</c>, <c>health</c>, <c>breaker</c>, <c>push</c>, <c>expectation</c>.</param>
/// <param name="Who">Whom it concerns.</param>
public sealed record ReportEvent(double AtS, double? UntilS, string Kind, string Who, string What);

/// <summary>The story of one request.</summary>
/// <param name="Why"><c>slow</c>; <c>whole</c>: slow, with all hops; <c>kind</c>; <c>sample</c>.</param>
public sealed record ReportStory(string Why, string Title, string RequestId, double AtS, double DurationMs, ImmutableArray<ReportStep> Steps);

/// <summary>One line of a story: a hop, or one of its attempts. Milliseconds since the story began.</summary>
/// <param name="Depth">How far it stands in.</param>
public sealed record ReportStep(
    int Depth,
    string Label,
    bool Failed,
    double FromMs,
    double ToMs,
    ImmutableArray<ReportSpan> Spans,
    ImmutableArray<string> Lines
);

/// <summary>What a stretch of a line is.</summary>
/// <param name="Kind"><c>hop</c>, <c>backoff</c>, <c>pool</c>, <c>connect</c>, <c>wait</c>, <c>answer</c>.</param>
public sealed record ReportSpan(string Kind, double FromMs, double ToMs);
