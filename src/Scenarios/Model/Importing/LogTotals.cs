using System.Collections.Immutable;

namespace MeshSim.Scenarios.Model;

/// <summary>What the clients of a log saw: to be held against what a run of the imported scenario says.</summary>
public sealed class LogTotals
{
    private readonly long[] durationsMs;

    /// <param name="requests">At least one, in order of time.</param>
    public LogTotals(ImmutableArray<LoggedRequest> requests)
    {
        Requests = requests.Length;
        FirstUnixNs = requests[0].StartUnixNs!.Value;
        SpanNs = requests[^1].StartUnixNs!.Value - FirstUnixNs;
        var answered = requests.Count(static request => request.Status is not null);
        Success = answered == 0 ? null : requests.Count(static request => request.Status is >= 200 and < 300) / (double)answered;
        Answers =
        [
            .. requests
                .Where(static request => request.Status is not null)
                .GroupBy(static request => (Status: request.Status!.Value, request.Flags))
                .Select(static group => (group.Key.Status, group.Key.Flags, group.Count()))
                .OrderByDescending(static entry => entry.Item3)
                .ThenBy(static entry => entry.Status)
                .ThenBy(static entry => entry.Flags, StringComparer.Ordinal),
        ];
        durationsMs = [.. requests.Select(static request => request.DurationMs).OfType<long>().Order()];
    }

    public int Requests { get; }

    public long FirstUnixNs { get; }

    /// <summary>From the first request to the last.</summary>
    public long SpanNs { get; }

    /// <summary>Share of 2xx among the requests whose status is logged; null where none is.</summary>
    public double? Success { get; }

    /// <summary>How often each status came with which flags, the most frequent first.</summary>
    public ImmutableArray<(int Status, string Flags, int Count)> Answers { get; }

    /// <summary>The longest request; null where the log has no durations.</summary>
    public long? LongestMs => durationsMs.Length == 0 ? null : durationsMs[^1];

    /// <summary>A quantile of the durations; null where the log has none.</summary>
    public long? DurationMs(double share) =>
        durationsMs.Length == 0 ? null : durationsMs[Math.Clamp((int)Math.Ceiling(share * durationsMs.Length) - 1, 0, durationsMs.Length - 1)];
}
