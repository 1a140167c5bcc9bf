using System.Collections.Immutable;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.Scenarios.Model;

/// <summary>What clients saw: totals after the warm-up, and every second by itself. Merging adds.</summary>
/// <param name="warmUpNs">What is sent before is left out of the totals, nanoseconds since the run began.</param>
public sealed class ClientRecorder(long warmUpNs)
{
    private readonly StatusCounts byStatus = new();
    private readonly LatencyHistogram latency = new();
    private readonly LatencyHistogram okLatency = new();
    private readonly List<SecondCounts> seconds = [];
    private long sent;
    private long retried;

    /// <summary>A recorder that has counted all this already.</summary>
    public static ClientRecorder From(long warmUpNs, ClientTotals totals, IReadOnlyList<SecondRecord> seconds)
    {
        var recorder = new ClientRecorder(warmUpNs) { sent = totals.Sent, retried = totals.Retries };
        recorder.byStatus.Add(totals.ByStatus);
        recorder.latency.Merge(totals.Latency);
        recorder.okLatency.Merge(totals.OkLatency);
        foreach (var record in seconds)
        {
            var second = recorder.Second(record.Second * MonotonicTime.NanosecondsPerSecond);
            second.Sent = record.Sent;
            second.ByStatus.Add(record.ByStatus);
            second.Latency.Merge(record.Latency);
        }

        return recorder;
    }

    /// <summary>A request is sent.</summary>
    public void Sent(long nowNs)
    {
        Second(nowNs).Sent++;
        sent += nowNs >= warmUpNs ? 1 : 0;
    }

    /// <summary>A client itself tries again.</summary>
    public void Retried(long nowNs) => retried += nowNs >= warmUpNs ? 1 : 0;

    /// <summary>A request is over.</summary>
    /// <param name="status">0 for no answer.</param>
    public void Answered(long sentNs, long nowNs, int status)
    {
        var us = (nowNs - sentNs) / 1000;
        var second = Second(nowNs);
        second.ByStatus.Add(status);
        if (status != 0)
        {
            second.Latency.Record(us);
        }

        if (sentNs < warmUpNs)
        {
            return;
        }

        byStatus.Add(status);
        if (status != 0)
        {
            latency.Record(us);
        }

        if (status is >= 200 and < 300)
        {
            okLatency.Record(us);
        }
    }

    public void Merge(ClientRecorder other)
    {
        sent += other.sent;
        retried += other.retried;
        byStatus.Add(other.byStatus);
        latency.Merge(other.latency);
        okLatency.Merge(other.okLatency);
        for (var i = 0; i < other.seconds.Count; i++)
        {
            var second = Second(i * MonotonicTime.NanosecondsPerSecond);
            second.Sent += other.seconds[i].Sent;
            second.ByStatus.Add(other.seconds[i].ByStatus);
            second.Latency.Merge(other.seconds[i].Latency);
        }
    }

    public ClientTotals Totals => new(sent, byStatus.ToSorted(), latency, okLatency) { Retries = retried };

    public ImmutableArray<SecondRecord> Seconds =>
        [.. seconds.Select(static (second, i) => new SecondRecord(i, second.Sent, second.ByStatus.ToSorted(), second.Latency))];

    private SecondCounts Second(long timeNs)
    {
        var index = (int)(timeNs / MonotonicTime.NanosecondsPerSecond);
        while (seconds.Count <= index)
        {
            seconds.Add(new SecondCounts());
        }

        return seconds[index];
    }

    private sealed class SecondCounts
    {
        public long Sent { get; set; }

        public StatusCounts ByStatus { get; } = new();

        public LatencyHistogram Latency { get; } = new();
    }
}
