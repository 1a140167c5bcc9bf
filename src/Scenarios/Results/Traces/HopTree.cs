using MeshSim.Scenarios.Model;

namespace MeshSim.Scenarios.Results;

/// <summary>
/// Which hops of a request came of which attempt. Of an attempt that went to a proxy: the hop there with the same request id, begun while it
/// was under way. Of one that went to an application: the hops with that id of the calls it made meanwhile, which went through its own
/// sidecar – the proxy of the attempt – or another one.
/// </summary>
internal sealed class HopTree
{
    private readonly Dictionary<HopAttempt, List<RequestHop>> inner = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<RequestHop, (RequestHop Hop, HopAttempt Attempt)> outer = new(ReferenceEqualityComparer.Instance);

    public HopTree(RunResult result, AddressBook names)
    {
        Hops = [.. result.Proxies.SelectMany(static proxy => (proxy.Details ?? ProxyDetails.Empty).Hops).OrderBy(static hop => hop.StartNs)];
        var byId = Hops.Where(static hop => hop.RequestId.Length > 0).ToLookup(static hop => hop.RequestId, StringComparer.Ordinal);
        foreach (var hop in Hops)
        {
            foreach (var attempt in hop.Attempts.Where(static attempt => attempt.SentNs >= 0))
            {
                var to = names.Name(hop.Proxy, attempt.Host);
                var next = byId[hop.RequestId].FirstOrDefault(other => other.Proxy == to && IsFree(other, hop) && Contains(hop, attempt, other));
                Connect(hop, attempt, next);
            }
        }

        foreach (var call in Hops.Where(hop => hop.RequestId.Length > 0 && !outer.ContainsKey(hop)))
        {
            var causes =
                from hop in byId[call.RequestId]
                where hop != call && hop.StartNs <= call.StartNs
                from attempt in hop.Attempts
                where attempt.SentNs >= 0 && Contains(hop, attempt, call) && !names.IsProxy(names.Name(hop.Proxy, attempt.Host))
                orderby hop.Proxy == call.Proxy descending, hop.StartNs + attempt.SentNs descending
                select (hop, attempt);
            if (causes.FirstOrDefault() is (not null, not null) and var (cause, sent))
            {
                Connect(cause, sent, call);
            }
        }
    }

    /// <summary>All hops that were kept, in order of time.</summary>
    public IReadOnlyList<RequestHop> Hops { get; }

    /// <summary>What came of an attempt, in order of time: what the next proxy did, or what the application asked of others; none if it was not kept.</summary>
    public IReadOnlyList<RequestHop> Inner(HopAttempt attempt) => inner.TryGetValue(attempt, out var hops) ? hops : [];

    /// <summary>The attempt that a hop came of; null for a request of a client, or if that was not kept.</summary>
    public (RequestHop Hop, HopAttempt Attempt)? Outer(RequestHop hop) => outer.TryGetValue(hop, out var found) ? found : null;

    private bool IsFree(RequestHop other, RequestHop hop) => other != hop && !outer.ContainsKey(other);

    private static bool Contains(RequestHop hop, HopAttempt attempt, RequestHop other) =>
        other.StartNs >= hop.StartNs + attempt.SentNs && other.StartNs <= hop.StartNs + attempt.EndNs;

    private void Connect(RequestHop hop, HopAttempt attempt, RequestHop? found)
    {
        if (found is null)
        {
            return;
        }

        if (!inner.TryGetValue(attempt, out var hops))
        {
            inner[attempt] = hops = [];
        }

        hops.Add(found);
        outer[found] = (hop, attempt);
    }
}
