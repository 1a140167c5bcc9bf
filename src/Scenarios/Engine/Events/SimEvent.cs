using System.Runtime.InteropServices;

namespace MeshSim.Scenarios.Engine;

/// <summary>What an event tells the entity it goes to.</summary>
internal enum EventKind : byte
{
    // To clients.
    NextArrival,
    GiveUp,
    TriesAgain,
    PatienceEnds,
    ClientConnected,
    ClientResponse,
    ClientBytes,
    ClientClosed,

    // From outside.
    Command,

    // To proxies.
    Start,
    Wake,
    DownstreamOpen,
    DownstreamRequest,
    DownstreamBytes,
    DownstreamGone,
    DownstreamClosed,
    CloseDue,
    UpstreamConnected,
    UpstreamRefused,
    UpstreamResponse,
    UpstreamBytes,

    /// <summary>The answer of a service that depends on what it was asked, as bytes.</summary>
    Told,
    UpstreamClosed,
    DnsAnswer,

    /// <summary>The endpoints of a cluster are read.</summary>
    EndpointsRead,

    /// <summary>A route table has another version.</summary>
    RoutesCome,
    MainMessage,

    /// <summary>A worker's thread is done with a request.</summary>
    ThreadFree,

    /// <summary>A worker tells the main machine something.</summary>
    WorkerReport,

    /// <summary>DNS knows another number of replicas of a service.</summary>
    DnsChanged,

    /// <summary>A second of the run is over.</summary>
    SecondEnds,

    // To endpoints.
    Connect,
    Request,
    RequestBytes,

    /// <summary>A request whose answer depends on what it says, as bytes.</summary>
    Asked,
    Gone,

    /// <summary>A request on a connection of several is given up.</summary>
    Cancelled,
    ServiceEnds,

    /// <summary>The time a caller said it waits is over.</summary>
    DeadlineEnds,

    /// <summary>A connection may have been idle for too long.</summary>
    IdleEnds,
    GoesDown,
    ComesUp,

    /// <summary>An autoscaler asks how busy an endpoint was.</summary>
    AsksBusy,

    /// <summary>Own work goes on at another speed from now on.</summary>
    GetsCpu,

    /// <summary>An endpoint tells its node how many requests are in own work.</summary>
    TellsCpu,

    // To nodes.
    WantsCpu,
    SharesCpu,

    // To autoscalers.
    Syncs,
    TellsBusy,

    /// <summary>DNS is to follow.</summary>
    Announces,
    Timer,
}

/// <summary>
/// One event: when, of whom, to whom, what. Times, source and the source's own count make a total order that does not depend on how
/// entities are divided among partitions. What it carries are numbers, so that it can travel between processes.
/// </summary>
/// <param name="TimeNs">When it happens.</param>
/// <param name="Source">The entity that made it.</param>
/// <param name="Sequence">The source's own count.</param>
/// <param name="Target">The entity it goes to.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct SimEvent(long TimeNs, int Source, long Sequence, int Target, EventKind Kind, long A = 0, long B = 0, int C = 0)
{
    /// <summary>Bytes of one event in a batch, without what it carries.</summary>
    public const int Size = 8 + 4 + 8 + 4 + 1 + 8 + 8 + 4;

    /// <summary>The number of what it carries in a <see cref="ContentStore"/>; below 0 if it carries nothing.</summary>
    public int Content =>
        Kind switch
        {
            EventKind.ClientBytes or EventKind.DownstreamBytes or EventKind.UpstreamBytes or EventKind.RequestBytes or EventKind.Asked or EventKind.Told =>
                (int)A,
            EventKind.Request => ~C, // See RequestFacts.
            EventKind.DownstreamRequest => ~(int)B,
            _ => -1,
        };

    /// <summary>The same event, of which what it carries has another number.</summary>
    public SimEvent With(long content) =>
        Kind switch
        {
            EventKind.Request => this with { C = ~(int)content },
            EventKind.DownstreamRequest => this with { B = ~content },
            _ => this with { A = content },
        };

    public bool Before(in SimEvent other) =>
        TimeNs != other.TimeNs ? TimeNs < other.TimeNs
        : Source != other.Source ? Source < other.Source
        : Sequence < other.Sequence;
}
