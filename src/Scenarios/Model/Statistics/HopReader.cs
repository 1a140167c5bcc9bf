using System.Text;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.Scenarios.Model;

/// <summary>Makes a <see cref="RequestHop"/> of what a proxy knows of a request that is over.</summary>
internal static class HopReader
{
    /// <summary>Longer paths and hosts are cut.</summary>
    private const int MostText = 200;

    public static RequestHop Of(string proxy, StreamInfo info, long startNs, ulong sampleKey, HopChoice choice) =>
        new()
        {
            Proxy = proxy,
            RequestId = Text(info, HeaderName.XRequestId),
            StartNs = startNs,
            DurationNs = Since(info, info.End),
            Method = Text(info, HeaderName.Method),
            Authority = Text(info, HeaderName.Authority),
            Path = Text(info, HeaderName.Path),
            Route = info.RouteName,
            Cluster = info.UpstreamCluster?.Name ?? "",
            Status = info.ResponseCode,
            Flags = OutcomeCounts.FlagsText(info.Flags),
            Details = info.ResponseCodeDetails,
            SampleKey = sampleKey,
            Choice = choice,
            Attempts = [.. info.Attempts.OrderBy(static attempt => attempt.Number).Select(attempt => Attempt(info, attempt))],
        };

    private static HopAttempt Attempt(StreamInfo info, in AttemptRecord attempt) =>
        new()
        {
            Number = attempt.Number,
            Cluster = attempt.Cluster.Name,
            Host = attempt.Host.Address.Text,
            Priority = attempt.Host.Snapshot.Priority,
            Zone = attempt.Host.Snapshot.Locality.Zone,
            Policy = attempt.Cluster.LoadBalancing.Policy.Name,
            InPanic = attempt.InPanic,
            HostIsWanted = attempt.HostIsWanted,
            BackOffNs = attempt.Number > 1 ? attempt.BackOffNs : 0,
            AskedNs = Since(info, attempt.PoolAsked),
            PoolAnsweredNs = Since(info, attempt.PoolAnswered),
            NewConnection = attempt.ConnectStart != MonotonicTime.Never && attempt.ConnectStart.Nanoseconds >= attempt.PoolAsked.Nanoseconds,
            SentNs = Since(info, attempt.FirstByteSent),
            AnsweredNs = Since(info, attempt.FirstByteReceived),
            EndNs = Since(info, attempt.End),
            End = $"{attempt.How}",
            Reason = attempt.Reason == ResetReason.None ? "" : $"{attempt.Reason}",
            Status = attempt.Status,
            Failure = attempt.TransportFailureReason ?? "",
            WasHedged = attempt.WasHedged,
        };

    private static long Since(StreamInfo info, MonotonicTime moment) => moment == MonotonicTime.Never ? -1 : moment.Since(info.Start);

    private static string Text(StreamInfo info, HeaderName name)
    {
        var value = info.RequestHeaders.Get(name);
        return Encoding.Latin1.GetString(value[..Math.Min(value.Length, MostText)]);
    }
}
