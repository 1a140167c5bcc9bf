using MeshSim.ProxyRuntime.Core;

namespace MeshSim.Scenarios.Live;

/// <summary>One request of a client.</summary>
/// <param name="head">What is sent.</param>
/// <param name="intendedNs">When it is meant to be sent, by the loop's clock; latency counts from here, however late it really is.</param>
internal sealed class LoadRequest(HeaderMap head, long intendedNs)
{
    public HeaderMap Head => head;

    public long IntendedNs => intendedNs;

    /// <summary>It is over: answered, broken off or given up.</summary>
    public bool IsOver { get; set; }

    /// <summary>What the machine took of the way there beyond what the link takes.</summary>
    public long DebtNs { get; set; }

    /// <summary>The connection it is sent on; null while it waits for one.</summary>
    public LoadConnection? Connection { get; set; }
}
