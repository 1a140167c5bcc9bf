using System.Collections.Immutable;

namespace MeshSim.Scenarios.Model;

/// <summary>
/// The request ids of a run whose hops are kept at every proxy: those with the lowest keys. Recorders that share one take no more than are
/// still among them; what several of them kept is cut to the lowest of all by <see cref="Narrow"/>. Not for several threads.
/// </summary>
public sealed class RequestSample
{
    /// <summary>So many request ids.</summary>
    public const int Most = 600;

    private readonly HashSet<ulong> keys = [];

    /// <summary>The keys, the highest first.</summary>
    private readonly PriorityQueue<ulong, ulong> highest = new(Comparer<ulong>.Create(static (a, b) => b.CompareTo(a)));

    /// <summary>Whether a request is, so far, one of the sample.</summary>
    public bool Takes(ulong key) => keys.Count < Most || key <= highest.Peek();

    /// <summary>A hop of a request that it takes was kept.</summary>
    public void Add(ulong key)
    {
        if (!keys.Add(key))
        {
            return;
        }

        highest.Enqueue(key, key);
        if (keys.Count > Most)
        {
            _ = keys.Remove(highest.Dequeue());
        }
    }

    /// <summary>
    /// The proxies of a run, of the sampled hops of each only those in the sample of all together, and of its slowest only those that
    /// belong to a request kept where load comes in.
    /// </summary>
    public static ImmutableArray<ProxyRecord> Narrow(ImmutableArray<ProxyRecord> proxies, Scenario scenario)
    {
        var sample = new RequestSample();
        var outer = proxies
            .Where(proxy => scenario.TakesLoad(proxy.Name))
            .SelectMany(static proxy => (proxy.Details ?? ProxyDetails.Empty).Hops)
            .Select(static hop => hop.RequestId)
            .ToHashSet(StringComparer.Ordinal);
        foreach (var hop in proxies.SelectMany(static proxy => (proxy.Details ?? ProxyDetails.Empty).Hops))
        {
            if (hop.Choice.HasFlag(HopChoice.Sample) && sample.Takes(hop.SampleKey))
            {
                sample.Add(hop.SampleKey);
            }
        }

        return
        [
            .. proxies.Select(proxy =>
                proxy.Details is { } details
                    ? proxy with
                    {
                        Details = details with { Hops = [.. details.Hops.SelectMany(hop => sample.Left(hop, outer))] },
                    }
                    : proxy
            ),
        ];
    }

    /// <summary>A hop as it stays: without the choice that no longer holds; none if there was no other.</summary>
    /// <param name="outer">Request ids kept where load comes in.</param>
    private IEnumerable<RequestHop> Left(RequestHop hop, HashSet<string> outer)
    {
        var gone = (Takes(hop.SampleKey) ? HopChoice.None : HopChoice.Sample) | (outer.Contains(hop.RequestId) ? HopChoice.None : HopChoice.Slow);
        var choice = hop.Choice & ~gone;
        return choice == HopChoice.None ? [] : [choice == hop.Choice ? hop : hop with { Choice = choice }];
    }
}
