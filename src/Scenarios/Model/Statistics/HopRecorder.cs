using System.Collections.Immutable;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.Scenarios.Model;

/// <summary>
/// Chooses the requests of a proxy whose stories are kept: the slowest, the first of each kind that did not simply succeed, and a sample.
/// Nothing is drawn: the same run keeps the same requests. What it keeps is bounded.
/// </summary>
/// <param name="sample">Which requests are kept by chance: the same for all proxies of a run in one thread.</param>
/// <param name="fromNs">Requests that begin before, in the warm-up, are passed over; nanoseconds since the run began.</param>
public sealed class HopRecorder(string proxy, RequestSample sample, long fromNs)
{
    /// <summary>Of the slowest requests so many are kept.</summary>
    public const int MostSlow = 15;

    /// <summary>Of each kind so many.</summary>
    public const int MostOfKind = 3;

    /// <summary>So many kinds.</summary>
    public const int MostKinds = 40;

    /// <summary>So many hops of one request id: one that is retried before this proxy comes again.</summary>
    private const int MostOfId = 16;

    private readonly List<RequestHop> slow = [];
    private readonly Dictionary<(int Status, ResponseFlags Flags, bool Retried), List<RequestHop>> kinds = [];
    private readonly Dictionary<ulong, List<RequestHop>> sampled = [];

    /// <summary>A request is over; what is known of it is read at once.</summary>
    /// <param name="startNs">When it began, nanoseconds since the run did.</param>
    public void Ended(StreamInfo info, long startNs)
    {
        if (startNs < fromNs || info.IsHealthCheck || info.End == MonotonicTime.Never)
        {
            return;
        }

        var choice = (IsSlow(info) ? HopChoice.Slow : 0) | (IsOfKind(info) ? HopChoice.Kind : 0);
        var key = KeyOf(info);
        choice |= sample.Takes(key) ? HopChoice.Sample : 0;
        if (choice == HopChoice.None)
        {
            return;
        }

        var hop = HopReader.Of(proxy, info, startNs, key, choice);
        if ((choice & HopChoice.Slow) != 0)
        {
            KeepSlow(hop);
        }

        if ((choice & HopChoice.Kind) != 0)
        {
            kinds[Kind(info)].Add(hop);
        }

        if ((choice & HopChoice.Sample) != 0)
        {
            KeepSample(key, hop);
        }
    }

    /// <summary>What some recorders of one proxy – its workers' – kept, in order of time.</summary>
    public static ImmutableArray<RequestHop> Kept(IReadOnlyCollection<HopRecorder> recorders)
    {
        var kept = new Dictionary<RequestHop, HopChoice>(ReferenceEqualityComparer.Instance);
        Note(recorders.SelectMany(static one => one.slow).OrderByDescending(static hop => hop.DurationNs).Take(MostSlow), HopChoice.Slow);
        Note(recorders.SelectMany(static one => one.kinds.Values).SelectMany(static hops => hops), HopChoice.Kind);
        Note(recorders.SelectMany(static one => one.Sampled()), HopChoice.Sample);
        return
        [
            .. kept.Select(static entry => entry.Key with { Choice = entry.Value })
                .OrderBy(static hop => hop.StartNs)
                .ThenBy(static hop => hop.RequestId, StringComparer.Ordinal)
                .ThenBy(static hop => hop.DurationNs),
        ];

        void Note(IEnumerable<RequestHop> hops, HopChoice choice)
        {
            foreach (var hop in hops)
            {
                kept[hop] = kept.GetValueOrDefault(hop) | choice;
            }
        }
    }

    private IEnumerable<RequestHop> Sampled() => sampled.Where(entry => sample.Takes(entry.Key)).SelectMany(static entry => entry.Value);

    private bool IsSlow(StreamInfo info) => slow.Count < MostSlow || info.End.Since(info.Start) > slow[^1].DurationNs;

    private bool IsOfKind(StreamInfo info)
    {
        var kind = Kind(info);
        if (kind is { Status: >= 200 and < 400, Retried: false, Flags.IsEmpty: true })
        {
            return false;
        }

        if (kinds.TryGetValue(kind, out var hops))
        {
            return hops.Count < MostOfKind;
        }

        if (kinds.Count >= MostKinds)
        {
            return false;
        }

        kinds[kind] = [];
        return true;
    }

    /// <summary>Slowest first; of equals the earlier one stays before.</summary>
    private void KeepSlow(RequestHop hop)
    {
        var place = slow.FindIndex(other => other.DurationNs < hop.DurationNs);
        slow.Insert(place < 0 ? slow.Count : place, hop);
        if (slow.Count > MostSlow)
        {
            slow.RemoveAt(MostSlow);
        }
    }

    private void KeepSample(ulong key, RequestHop hop)
    {
        sample.Add(key);
        if (!sampled.TryGetValue(key, out var hops))
        {
            sampled[key] = hops = [];
        }

        if (hops.Count < MostOfId)
        {
            hops.Add(hop);
        }

        if (sampled.Count > RequestSample.Most)
        {
            Forget();
        }
    }

    /// <summary>Lets go of what is no longer in the sample; at least one is not.</summary>
    private void Forget()
    {
        foreach (var key in sampled.Keys.Where(key => !sample.Takes(key)).ToArray())
        {
            _ = sampled.Remove(key);
        }
    }

    private static (int Status, ResponseFlags Flags, bool Retried) Kind(StreamInfo info) => (info.ResponseCode, info.Flags, info.AttemptCount > 1);

    /// <summary>A number that is the same for all hops of a request, and spread evenly.</summary>
    private static ulong KeyOf(StreamInfo info)
    {
        var id = info.RequestHeaders.Get(HeaderName.XRequestId);
        if (id.IsEmpty)
        {
            return StableHash.Mix(StableHash.Mix((ulong)info.Stream.Connection.Value) + (ulong)info.Stream.Number);
        }

        var hash = 0UL;
        foreach (var b in id)
        {
            hash = (hash * 31) + b;
        }

        return StableHash.Mix(hash);
    }
}
