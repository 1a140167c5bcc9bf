using System.Collections.Immutable;

namespace MeshSim.Scenarios.Model;

/// <summary>One request as one proxy had it, from its access-log facts: what a request's story is made of.</summary>
public sealed record RequestHop
{
    public required string Proxy { get; init; }

    /// <summary>x-request-id, which all hops of a request share; empty if it has none.</summary>
    public required string RequestId { get; init; }

    /// <summary>When the proxy got it, nanoseconds since the run began.</summary>
    public required long StartNs { get; init; }

    /// <summary>Until it was over at this proxy, nanoseconds.</summary>
    public required long DurationNs { get; init; }

    public required string Method { get; init; }

    public required string Authority { get; init; }

    public required string Path { get; init; }

    /// <summary>The name of its route; empty if it has none.</summary>
    public required string Route { get; init; }

    /// <summary>The cluster of its route; empty for none.</summary>
    public required string Cluster { get; init; }

    /// <summary>What was answered; 0 for nothing.</summary>
    public required int Status { get; init; }

    /// <summary>Envoy's response flags, <c>UF,URX</c>; empty for none.</summary>
    public required string Flags { get; init; }

    /// <summary>Envoy's response_code_details.</summary>
    public required string Details { get; init; }

    /// <summary>A number spread evenly, the same for all hops of a request id: the lowest are the <see cref="RequestSample"/>.</summary>
    public required ulong SampleKey { get; init; }

    /// <summary>Why it was kept.</summary>
    public required HopChoice Choice { get; init; }

    public required ImmutableArray<HopAttempt> Attempts { get; init; }
}

/// <summary>Why a request was kept.</summary>
[Flags]
public enum HopChoice
{
    None = 0,

    /// <summary>One of the slowest of its proxy.</summary>
    Slow = 1,

    /// <summary>One of the first of its kind that failed, has a flag, or was tried again.</summary>
    Kind = 2,

    /// <summary>By chance: its request id decides, so that all proxies keep the same requests.</summary>
    Sample = 4,
}

/// <summary>One attempt of a request at one host. Moments are nanoseconds since the proxy got the request; −1 where they did not come.</summary>
public sealed record HopAttempt
{
    /// <summary>1 for the first.</summary>
    public required int Number { get; init; }

    public required string Cluster { get; init; }

    /// <summary>The host's address.</summary>
    public required string Host { get; init; }

    /// <summary>The host's priority.</summary>
    public required int Priority { get; init; }

    /// <summary>The host's zone; empty for none.</summary>
    public required string Zone { get; init; }

    /// <summary>lb_policy of the cluster.</summary>
    public required string Policy { get; init; }

    /// <summary>So few hosts of the priority were healthy that health did not count.</summary>
    public required bool InPanic { get; init; }

    /// <summary>A filter had a host in mind.</summary>
    public required bool HostIsWanted { get; init; }

    /// <summary>The back-off before it, nanoseconds.</summary>
    public required long BackOffNs { get; init; }

    /// <summary>A connection was asked for.</summary>
    public required long AskedNs { get; init; }

    /// <summary>It was there, or refused.</summary>
    public required long PoolAnsweredNs { get; init; }

    /// <summary>The connection was made while it waited.</summary>
    public required bool NewConnection { get; init; }

    public required long SentNs { get; init; }

    /// <summary>The answer began.</summary>
    public required long AnsweredNs { get; init; }

    public required long EndNs { get; init; }

    /// <summary>How it ended, a name of <see cref="ProxyRuntime.Core.AttemptEnd"/>.</summary>
    public required string End { get; init; }

    /// <summary>Why it broke off or got no connection, a name of <see cref="ProxyRuntime.Core.ResetReason"/>; empty if it did not.</summary>
    public required string Reason { get; init; }

    /// <summary>What it answered; 0 for nothing.</summary>
    public required int Status { get; init; }

    /// <summary>What the transport said; empty for nothing.</summary>
    public required string Failure { get; init; }

    /// <summary>Another was started beside it.</summary>
    public required bool WasHedged { get; init; }
}
