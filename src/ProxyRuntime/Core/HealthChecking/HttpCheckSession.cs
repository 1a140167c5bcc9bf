namespace MeshSim.ProxyRuntime.Core;

/// <summary>http_health_check of one host.</summary>
internal sealed class HttpCheckSession(HealthChecker checker, HostChecks checks, HttpProbeSnapshot probe) : HealthCheckSession(checker, checks)
{
    private static readonly FractionalPercent VerifyByDefault = FractionalPercent.Always;

    private readonly ByteQueue body = new();
    private readonly RandomStream random = checker.Context.Random.DeriveSource("health-check", checker.Cluster.Name).Derive("verify", checks.Host.Address.Text);
    private HeaderMap? response;
    private bool isUnderWay;
    private bool reuses;

    protected override void OnInterval()
    {
        isUnderWay = true;
        if (IsConnected)
        {
            SendRequest();
        }
        else if (!HasConnection)
        {
            reuses = Checker.Settings.ReuseConnection;
            Open();
        }
    }

    protected override void OnConnected() => SendRequest();

    protected override void OnResponse(in ProbeEvent found)
    {
        switch (found.Kind)
        {
            case ProbeEventKind.Headers:
                response = new HeaderMap();
                response.CopyFrom(found.Head!);
                break;
            case ProbeEventKind.Data:
                Keep(found.Content.Span);
                break;
            case ProbeEventKind.GoAway:
                OnGoAway();
                return;
            case ProbeEventKind.Reset:
                OnReset();
                return;
            default:
                break;
        }

        if (isUnderWay && response is not null && (found.EndStream || found.Kind == ProbeEventKind.Trailers))
        {
            OnComplete(response);
        }
    }

    protected override void OnClosed()
    {
        Clear();
        if (isUnderWay)
        {
            isUnderWay = false;
            HandleFailure(HealthCheckFailure.Network);
        }
    }

    protected override void OnTimeout()
    {
        isUnderWay = false;
        Clear();
        Close();
    }

    private void SendRequest()
    {
        var head = ProbeRequests.New(probe.Method, Checker.HostHeader(Host, probe.Host), probe.Path);
        head.Add(HeaderName.UserAgent, "Envoy/HC"u8);
        head.Add(HeaderName.Scheme, "http"u8);
        ProbeRequests.Mutate(head, probe.RequestHeaders, Checker.Context, Checker.Cluster, Host);
        if (!probe.Send.IsEmpty)
        {
            head.Set(HeaderName.ContentLength, probe.Send.Length);
        }

        Send(head, probe.Send);
    }

    /// <summary>Only what payloads are looked for in is kept.</summary>
    private void Keep(ReadOnlySpan<byte> content)
    {
        if (probe.Receive.IsEmpty)
        {
            return;
        }

        var room = probe.ResponseBufferSize == 0 ? content.Length : Math.Min(content.Length, probe.ResponseBufferSize - body.Length);
        body.Append(content[..(int)Math.Max(0, room)]);
    }

    private void OnGoAway()
    {
        if (isUnderWay)
        {
            reuses = false;
        }
        else
        {
            Close();
        }
    }

    private void OnReset()
    {
        if (!isUnderWay)
        {
            return;
        }

        isUnderWay = false;
        Clear();
        if (!reuses)
        {
            Close();
        }

        HandleFailure(HealthCheckFailure.Network);
    }

    private void OnComplete(HeaderMap head)
    {
        isUnderWay = false;
        switch (Judge(head))
        {
            case Verdict.Passed:
                HandleSuccess(isDegraded: head.Contains(HeaderName.XEnvoyDegraded));
                break;
            case Verdict.Retriable:
                HandleFailure(HealthCheckFailure.Active, isRetriable: true);
                break;
            default:
                HandleFailure(HealthCheckFailure.Active);
                break;
        }

        Clear();
        if (!reuses)
        {
            Close();
        }
    }

    private Verdict Judge(HeaderMap head)
    {
        var status = head.StatusCode();
        var isExpected = probe.ExpectedStatuses.Any(range => range.Contains(status));
        if (!PayloadMatcher.Matches(probe.Receive, body.Span))
        {
            ExcludeIfAsked(head);
            return Verdict.Failed;
        }

        if (!isExpected)
        {
            ExcludeIfAsked(head);
            return probe.RetriableStatuses.Any(range => range.Contains(status)) ? Verdict.Retriable : Verdict.Failed;
        }

        if (
            probe.ServiceNameMatcher is not { } matcher
            || !Checker.Context.Runtime.FeatureEnabled("health_check.verify_cluster", VerifyByDefault, random.NextUInt64())
        )
        {
            return Verdict.Passed;
        }

        Checker.Stats.VerifyCluster.Increment();
        return matcher.Matches(head.Get(HeaderName.XEnvoyUpstreamHealthcheckedCluster)) ? Verdict.Passed : Verdict.Failed;
    }

    private void ExcludeIfAsked(HeaderMap head)
    {
        if (head.Contains(HeaderName.XEnvoyImmediateHealthCheckFail))
        {
            Exclude();
        }
    }

    private void Clear()
    {
        response = null;
        body.Clear();
    }

    private enum Verdict : byte
    {
        Failed,
        Retriable,
        Passed,
    }
}
