using System.Collections.Immutable;
using System.Globalization;

namespace MeshSim.Scenarios.Model;

/// <summary>An application: so many replicas, each with so many workers.</summary>
/// <param name="Name">The DNS name that configurations use.</param>
/// <param name="Port">The port it listens on.</param>
/// <param name="Workers">Requests a replica serves at once.</param>
/// <param name="ServiceTime">How long one request takes a worker.</param>
/// <param name="ResponseBytes">Body bytes of an answer.</param>
public sealed record ServiceRole(string Name, int Port, int Replicas, int Workers, TimeModel ServiceTime, int ResponseBytes)
{
    /// <summary>So many routes at most, so that the number of one fits into an event.</summary>
    public const int MaxRoutes = 100;

    /// <summary>What a replica is called in results: <c>httpbin-0</c>.</summary>
    public string ReplicaName(int replica) => string.Create(CultureInfo.InvariantCulture, $"{Name}-{replica}");

    /// <summary>The IP addresses of its replicas, for configurations that name endpoints by address; empty for addresses of the simulation's choice.</summary>
    public ImmutableArray<string> Addresses { get; init; } = [];

    /// <summary>The address of a replica; null for one of the simulation's choice.</summary>
    public string? AddressOf(int replica) => Addresses.IsEmpty ? null : Addresses[replica];

    /// <summary>How much longer than drawn every request holds its worker, nanoseconds; no fault changes it. Default 0.</summary>
    public long OverheadNs { get; init; }

    /// <summary>For how many seconds DNS says that its replicas' addresses hold, what counts with respect_dns_ttl. Default 0: not at all.</summary>
    public uint DnsTtlS { get; init; }

    /// <summary>Round trips until a connection is up, 1 to 10: 1 for TCP, 2 with TLS 1.3, 3 with TLS 1.2. Default 1.</summary>
    public int HandshakeRoundTrips { get; init; } = 1;

    /// <summary>Most requests that wait for a worker at once. Default: no limit.</summary>
    public int QueueLimit { get; init; } = int.MaxValue;

    /// <summary>What is answered at once where the queue is full. Default 503.</summary>
    public int QueueFullStatus { get; init; } = 503;

    /// <summary>Who gets a worker next. Default first come, first served.</summary>
    public QueueDiscipline Discipline { get; init; }

    /// <summary>The header that has the priority, 0 to 7, for <see cref="QueueDiscipline.Priority"/>; null otherwise.</summary>
    public string? PriorityHeader { get; init; }

    /// <summary>Status of an answer where all went well. Default 200.</summary>
    public int Status { get; init; } = 200;

    /// <summary>Share of the answers that is an error for no reason of a fault. Default 0.</summary>
    public double ErrorRate { get; init; }

    /// <summary>Status of these. Default 503.</summary>
    public int ErrorStatus { get; init; } = 503;

    /// <summary>What is different for some paths; the first whose prefix fits.</summary>
    public ImmutableArray<ServiceRoute> Routes { get; init; } = [];

    /// <summary>How a replica that has just started is slower; null for not at all.</summary>
    public ServiceWarmUp? WarmUp { get; init; }

    /// <summary>The nodes its replicas are on, in turn; empty where CPU time is no matter.</summary>
    public ImmutableArray<string> Nodes { get; init; } = [];

    /// <summary>What comes after the own work: more work and calls, in order. Default nothing.</summary>
    public ImmutableArray<PlanStep> Steps { get; init; } = [];

    /// <summary>Status of an answer when a call failed. Default 500.</summary>
    public int CallFailedStatus { get; init; } = 500;

    /// <summary>The proxy in its pods; null for none.</summary>
    public Sidecar? Sidecar { get; init; }

    /// <summary>Zones of its replicas, in turn; empty for none.</summary>
    public ImmutableArray<string> Zones { get; init; } = [];

    /// <summary>
    /// x-envoy-expected-rq-timeout-ms counts: when that time is over the application stops, and its calls wait no longer. Default false.
    /// </summary>
    public bool HonoursDeadline { get; init; }

    /// <summary>When a caller is gone the application stops its work and its calls; else it goes on and holds its worker. Default false.</summary>
    public bool Cancels { get; init; }

    /// <summary>Connections without a request for so long are closed; 0 for never. Default 0.</summary>
    public long IdleTimeoutNs { get; init; }

    /// <summary>After so many requests a connection is closed; 0 for never. Default 0.</summary>
    public int MaxRequestsPerConnection { get; init; }

    /// <summary>What makes its answers depend on what it is asked; null for nothing.</summary>
    public ServiceJudge? Judge { get; init; }

    /// <summary>All calls it may make.</summary>
    public IEnumerable<OutgoingCall> AllCalls => AllRoutes.SelectMany(static route => route.Steps).OfType<CallStep>().SelectMany(static step => step.Calls);

    /// <summary>The service's own ways first, then <see cref="Routes"/>.</summary>
    public IEnumerable<ServiceRoute> AllRoutes =>
        Routes.Prepend(
            new ServiceRoute("", ServiceTime, ResponseBytes)
            {
                Steps = Steps,
                Status = Status,
                ErrorRate = ErrorRate,
                ErrorStatus = ErrorStatus,
            }
        );

    /// <summary>Which of <see cref="AllRoutes"/> a path takes.</summary>
    /// <param name="path">As in the request, Latin-1 bytes.</param>
    public int RouteOf(ReadOnlySpan<byte> path)
    {
        for (var i = 0; i < Routes.Length; i++)
        {
            var prefix = Routes[i].Prefix;
            if (path.Length >= prefix.Length && IsPrefix(prefix, path))
            {
                return i + 1;
            }
        }

        return 0;
    }

    private static bool IsPrefix(string prefix, ReadOnlySpan<byte> path)
    {
        for (var i = 0; i < prefix.Length; i++)
        {
            if (prefix[i] != path[i])
            {
                return false;
            }
        }

        return true;
    }
}
