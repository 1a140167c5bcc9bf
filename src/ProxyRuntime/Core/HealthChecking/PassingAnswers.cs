using System.Globalization;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>What a healthy host answers a check with.</summary>
internal static class PassingAnswers
{
    public static ProbeAnswer Of(ProbeSnapshot probe) =>
        probe switch
        {
            HttpProbeSnapshot http => Http(http),
            TcpProbeSnapshot tcp => new ProbeAnswer(null, PayloadMatcher.Concatenate(tcp.Receive), null),
            _ => Serving(),
        };

    private static ProbeAnswer Http(HttpProbeSnapshot probe)
    {
        var status = probe.ExpectedStatuses.Any(static range => range.Contains(200)) ? 200 : probe.ExpectedStatuses[0].Start;
        var head = new HeaderMap();
        head.Add(":status", status.ToString(CultureInfo.InvariantCulture));
        if (probe.ServiceNameMatcher is { } matcher)
        {
            // A regular expression is its own best guess.
            head.Add(HeaderName.XEnvoyUpstreamHealthcheckedCluster, System.Text.Encoding.UTF8.GetBytes(matcher.Text));
        }

        return new ProbeAnswer(head.Freeze(), PayloadMatcher.Concatenate(probe.Receive), null);
    }

    /// <summary>HealthCheckResponse with status SERVING.</summary>
    private static ProbeAnswer Serving()
    {
        var head = new HeaderMap();
        head.Add(":status", "200");
        head.Add("content-type", "application/grpc");
        var trailers = new HeaderMap();
        trailers.Add("grpc-status", "0");
        return new ProbeAnswer(head.Freeze(), new byte[] { 0, 0, 0, 0, 2, 8, 1 }, trailers.Freeze());
    }
}
