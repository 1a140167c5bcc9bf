using MeshSim.ProxyRuntime.Core;
using MeshSim.Scenarios.Model;

namespace MeshSim.Scenarios.Live;

/// <summary>One request of a client.</summary>
/// <param name="requests">What is sent: one of these,</param>
/// <param name="key">which one.</param>
/// <param name="intendedNs">When it is meant to be sent, by the loop's clock; latency counts from here, however late it really is.</param>
internal sealed class LoadRequest(RequestHeads requests, int key, long intendedNs)
{
    public HeaderMap Head => requests.Head(key);

    /// <summary>Bytes of the body.</summary>
    public int ContentLength => requests.ContentLength(key);

    /// <summary>The body itself.</summary>
    public byte[] Body() => requests.Body(key);

    public long IntendedNs => intendedNs;

    /// <summary>It is over: answered, broken off or given up.</summary>
    public bool IsOver { get; set; }

    /// <summary>What the machine took of the way there beyond what the link takes.</summary>
    public long DebtNs { get; set; }

    /// <summary>The connection it is sent on; null while it waits for one.</summary>
    public LoadConnection? Connection { get; set; }
}
