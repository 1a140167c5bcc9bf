using MeshSim.ProxyRuntime.Core;
using MeshSim.Scenarios.Model;

namespace MeshSim.Scenarios.Engine;

/// <summary>A request at a simulated endpoint: who asked, how far it is, and how to answer. Used again and again; <see cref="Number"/> stays.</summary>
internal sealed class EndpointJob(int number) : ServiceJob
{
    /// <summary>What <see cref="EnteredNs"/> says of one that is over.</summary>
    public const long IsOver = -1;

    private byte[] id = [];
    private int idLength;

    /// <summary>Its place among the endpoint's jobs, which events carry.</summary>
    public int Number => number;

    /// <summary>Counts its uses, so that an event for an earlier one is known as such.</summary>
    public long Use { get; set; }

    /// <summary>When it came, nanoseconds; <see cref="IsOver"/> once it is.</summary>
    public long EnteredNs { get; set; } = IsOver;

    public int Caller { get; set; }

    /// <summary>Its x-request-id, which goes with the calls it causes; empty for none.</summary>
    public ReadOnlyMemory<byte> RequestId => id.AsMemory(0, idLength);

    public ServiceCall Call { get; set; }

    public long Attempt { get; set; }

    /// <summary>What was asked, where the answer depends on it; null where it does not.</summary>
    public (HeaderMap Head, byte[] Body)? Question { get; set; }

    /// <summary>When whoever asked waits no longer; <see cref="long.MaxValue"/> where that is not known or not honoured.</summary>
    public long DeadlineNs { get; set; }

    /// <summary>Which step of the plan comes next.</summary>
    public int Step { get; set; }

    /// <summary>Own work that is left, in nanoseconds of a CPU of its own; counts where there are nodes.</summary>
    public long WorkLeftNs { get; set; }

    /// <summary>As of when.</summary>
    public long WorkSinceNs { get; set; }

    /// <summary>Its place among those in own work; −1: it is not.</summary>
    public int WorkIndex { get; set; } = -1;

    /// <summary>When its work is done, as it looks now.</summary>
    public EventHandle WorkEnds { get; set; }

    /// <summary>Notes its x-request-id.</summary>
    public void Keep(ReadOnlySpan<byte> requestId)
    {
        idLength = requestId.Length;
        if (id.Length < idLength)
        {
            id = new byte[RequestFacts.MaxIdLength];
        }

        requestId.CopyTo(id);
    }

    /// <summary>The calls under way: their connections, and whether they may fail.</summary>
    public List<(long Connection, OutgoingCall Call)> Calls { get; } = [];
}
