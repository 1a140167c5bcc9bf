using System.Collections.Immutable;

namespace MeshSim.Scenarios.Model;

/// <summary>What an access log tells of one upstream cluster: how long its hosts took, how many requests they had at a time, what they answered.</summary>
public sealed class ClusterUse
{
    private const long NsInMs = 1_000_000;

    /// <summary>Quantiles that a fit is made of, where at least <see cref="LeastBeyond"/> times are longer.</summary>
    private static readonly double[] Shares = [0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999];

    private const int LeastBeyond = 10;

    private readonly SortedDictionary<long, int> timesMs = [];

    /// <param name="requests">Those that went to it, in order of time.</param>
    public ClusterUse(string name, IReadOnlyCollection<LoggedRequest> requests)
    {
        Name = name;
        Requests = requests.Count;
        foreach (var ms in requests.Where(IsAnswered).Select(TimeMs).OfType<long>())
        {
            timesMs[ms] = timesMs.GetValueOrDefault(ms) + 1;
        }

        Times = timesMs.Values.Sum();
        Hosts =
        [
            .. requests
                .Select(static request => request.UpstreamHost)
                .Where(static host => host.Length > 0)
                .Distinct(StringComparer.Ordinal)
                .Order(StringComparer.Ordinal),
        ];
        MostAtOnce = requests.GroupBy(static request => request.UpstreamHost, StringComparer.Ordinal).Select(MostAtOnceOf).DefaultIfEmpty(0).Max();
        var errors = requests.Where(static request => request is { Status: >= 500, Flags: "" }).ToArray();
        Errors = errors.Length;
        ErrorStatus =
            errors.Length == 0
                ? 503
                : errors
                    .GroupBy(static request => Math.Min(request.Status!.Value, 599))
                    .OrderByDescending(static group => group.Count())
                    .ThenBy(static group => group.Key)
                    .First()
                    .Key;
        var bodies = requests.Where(static request => request.Status is >= 200 and < 300).Select(static request => request.BytesSent).OfType<long>().ToArray();
        ResponseBytes = bodies.Length == 0 ? 100 : (int)Math.Min(int.MaxValue, bodies.Average());
    }

    public string Name { get; }

    public int Requests { get; }

    /// <summary>How many times could be taken.</summary>
    public int Times { get; }

    /// <summary>Hosts that answered, sorted; empty where the log does not say it.</summary>
    public ImmutableArray<string> Hosts { get; }

    /// <summary>Most requests that one host had at a time.</summary>
    public int MostAtOnce { get; }

    /// <summary>Answers of 500 and more that the hosts gave themselves.</summary>
    public int Errors { get; }

    /// <summary>The status most of them have.</summary>
    public int ErrorStatus { get; }

    /// <summary>Body bytes of an answer with 2xx, mean.</summary>
    public int ResponseBytes { get; }

    /// <summary>
    /// The times with their weights. A log says whole milliseconds, with what is left cut off: of so many milliseconds half a one more is taken.
    /// </summary>
    public IEnumerable<(long ValueNs, int Weight)> Measured => timesMs.Select(static entry => ((entry.Key * NsInMs) + (NsInMs / 2), entry.Value));

    /// <summary>Quantiles of the times, for a fit; empty for fewer than two different ones.</summary>
    public ImmutableArray<QuantilePoint> Points()
    {
        var points = Shares
            .Where(share => share == 0.5 || (1 - share) * Times >= LeastBeyond)
            .Select(share => new QuantilePoint(share, QuantileNs(share)))
            .Aggregate(ImmutableArray<QuantilePoint>.Empty, static (all, point) => all.IsEmpty || point.ValueNs > all[^1].ValueNs ? all.Add(point) : all);
        return points.Length < 2 ? [] : points;
    }

    /// <summary>A quantile of the times, nanoseconds; 0 without any.</summary>
    public double QuantileNs(double share)
    {
        var left = share * Times;
        foreach (var (ms, count) in timesMs)
        {
            left -= count;
            if (left <= 0)
            {
                // Within its millisecond, as far as the share reaches into it.
                return (ms * NsInMs) + (NsInMs * (count + left) / count);
            }
        }

        return 0;
    }

    /// <summary>A host answered, and the proxy did not step in; tunnels last as long as they like.</summary>
    private static bool IsAnswered(LoggedRequest request) => request is { Flags: "", Status: >= 200 and < 500, Attempts: null or <= 1 };

    private static long? TimeMs(LoggedRequest request) => request.ServiceTimeMs ?? request.DurationMs;

    private static int MostAtOnceOf(IEnumerable<LoggedRequest> requests)
    {
        var changes = new List<(long Ms, int Change)>();
        foreach (var request in requests)
        {
            var begin = request.StartUnixNs!.Value / NsInMs;
            changes.Add((begin, 1));
            changes.Add((begin + (request.DurationMs ?? 0), -1));
        }

        // Who ends in the millisecond in which another begins was probably gone; but one alone counts.
        var (now, most) = (0, 1);
        foreach (var (_, change) in changes.OrderBy(static change => change.Ms).ThenBy(static change => change.Change))
        {
            now += change;
            most = Math.Max(most, now);
        }

        return most;
    }
}
