namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>What was known of a request when it was logged.</summary>
internal sealed record LogLine(
    int Code,
    string Flags,
    string Details,
    int Attempts,
    string Host,
    string Cluster,
    string Route,
    string VirtualCluster,
    long BytesReceived,
    long BytesSent,
    string TransportFailure,
    string Remote,
    long Logs,
    bool Final
)
{
    public static LogLine Of(in Effect effect)
    {
        var log = effect.Log!;
        return new LogLine(
            log.ResponseCode,
            string.Join(',', Enumerable.Range(0, log.Flags.Count).Select(i => log.Flags[i].ShortName())),
            log.ResponseCodeDetails,
            log.AttemptCount,
            log.UpstreamHost?.Address.Text ?? "-",
            log.UpstreamCluster?.Name ?? "-",
            log.RouteName,
            log.VirtualClusterName,
            log.BytesReceived,
            log.BytesSent,
            log.UpstreamTransportFailureReason,
            log.RemoteAddress.Text,
            effect.Bytes,
            effect.EndStream
        );
    }

    /// <summary><c>503 UH no_healthy_upstream attempts=1</c>.</summary>
    public override string ToString() => $"{Code} {Flags} {Details} attempts={Attempts}";
}
