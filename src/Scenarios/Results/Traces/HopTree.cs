using MeshSim.Scenarios.Model;

namespace MeshSim.Scenarios.Results;

/// <summary>Which hop of a request came of which attempt: the same request id, at the proxy the attempt went to, begun while it was under way.</summary>
internal sealed class HopTree
{
    private readonly Dictionary<HopAttempt, RequestHop> inner = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<RequestHop, (RequestHop Hop, HopAttempt Attempt)> outer = new(ReferenceEqualityComparer.Instance);

    public HopTree(RunResult result, AddressBook names)
    {
        Hops = [.. result.Proxies.SelectMany(static proxy => (proxy.Details ?? ProxyDetails.Empty).Hops).OrderBy(static hop => hop.StartNs)];
        var byId = Hops.Where(static hop => hop.RequestId.Length > 0).ToLookup(static hop => hop.RequestId, StringComparer.Ordinal);
        foreach (var hop in Hops)
        {
            foreach (var attempt in hop.Attempts.Where(static attempt => attempt.SentNs >= 0))
            {
                Connect(hop, attempt, names.Name(attempt.Host), byId[hop.RequestId]);
            }
        }
    }

    /// <summary>All hops that were kept, in order of time.</summary>
    public IReadOnlyList<RequestHop> Hops { get; }

    /// <summary>What the next proxy did with an attempt; null if it was not kept, or went to no proxy.</summary>
    public RequestHop? Inner(HopAttempt attempt) => inner.GetValueOrDefault(attempt);

    /// <summary>The attempt that a hop came of; null for a request of a client, or if that was not kept.</summary>
    public (RequestHop Hop, HopAttempt Attempt)? Outer(RequestHop hop) => outer.TryGetValue(hop, out var found) ? found : null;

    private void Connect(RequestHop hop, HopAttempt attempt, string to, IEnumerable<RequestHop> others)
    {
        var (from, until) = (hop.StartNs + attempt.SentNs, hop.StartNs + attempt.EndNs);
        var found = others.FirstOrDefault(other =>
            other.Proxy == to && other != hop && !outer.ContainsKey(other) && other.StartNs >= from && other.StartNs <= until
        );
        if (found is not null)
        {
            inner[attempt] = found;
            outer[found] = (hop, attempt);
        }
    }
}
