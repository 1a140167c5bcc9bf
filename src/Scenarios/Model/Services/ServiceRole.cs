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

    /// <summary>The IP address of its one replica, for configurations that name endpoints by address; null for addresses of the simulation's choice.</summary>
    public string? Address { get; init; }

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

    /// <summary>The service's own ways first, then <see cref="Routes"/>.</summary>
    public IEnumerable<ServiceRoute> AllRoutes =>
        Routes.Prepend(
            new ServiceRoute("", ServiceTime, ResponseBytes)
            {
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
