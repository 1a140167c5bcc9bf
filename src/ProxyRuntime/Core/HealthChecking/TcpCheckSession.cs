namespace MeshSim.ProxyRuntime.Core;

/// <summary>
/// tcp_health_check of one host. A connection is kept between checks only if payloads are exchanged; that the peer closes it is a
/// failure then, whether or not a check is under way.
/// </summary>
internal sealed class TcpCheckSession(HealthChecker checker, HostChecks checks, TcpProbeSnapshot probe) : HealthCheckSession(checker, checks)
{
    /// <summary>So much of what comes is looked at: the default buffer limit of a connection.</summary>
    private const long MaxReceived = HttpConnectionManagerSnapshot.DefaultBufferLimitBytes;

    private readonly ByteQueue received = new();

    protected override void OnInterval()
    {
        if (IsConnected)
        {
            SendPayload();
        }
        else if (!HasConnection)
        {
            Open();
        }
    }

    protected override void OnConnected()
    {
        if (probe.Receive.IsEmpty)
        {
            Close();
            HandleSuccess(isDegraded: false);
        }
        else
        {
            SendPayload();
        }
    }

    protected override void OnResponse(in ProbeEvent found)
    {
        if (found.Kind != ProbeEventKind.Data || received.Length + found.Content.Length > MaxReceived)
        {
            return;
        }

        received.Append(found.Content.Span);
        if (!PayloadMatcher.Matches(probe.Receive, received.Span))
        {
            return; // More may come.
        }

        received.Clear();
        HandleSuccess(isDegraded: false);
        if (!Checker.Settings.ReuseConnection)
        {
            Close();
        }
    }

    protected override void OnClosed()
    {
        received.Clear();
        HandleFailure(HealthCheckFailure.Network);
    }

    protected override void OnTimeout()
    {
        received.Clear();
        Close();
    }

    private void SendPayload()
    {
        if (!probe.Send.IsEmpty)
        {
            Send(head: null, probe.Send);
        }
    }
}
