namespace MeshSim.ProxyRuntime.Core;

/// <summary>envoy.filters.http.health_check: knows health checks of this proxy, and answers them unless they are to pass through.</summary>
internal sealed class HealthCheckFilter(WorkerContext context, HealthCheckScope scope) : HttpFilter, IResponseModifier
{
    private ActiveStream stream = null!;
    private bool isHealthCheck;
    private bool answers;
    private bool degraded;

    public override void Begin(ActiveStream owner)
    {
        stream = owner;
        isHealthCheck = answers = degraded = false;
    }

    public override FilterStatus DecodeHeaders(HeaderMap head, bool endStream)
    {
        if (Fits(head))
        {
            isHealthCheck = true;
            stream.Info.IsHealthCheck = true;
            answers = !scope.Settings.PassThroughMode || context.Shared.HealthCheckFailed || scope.Cache.Serves(context.Now);
        }

        return Decode(endStream);
    }

    public override FilterStatus DecodeData(long bytes, bool endStream) => Decode(endStream);

    public override FilterStatus DecodeTrailers(HeaderMap trailers) => Decode(endStream: true);

    public override void EncodeHeaders(HeaderMap head, bool endStream)
    {
        if (isHealthCheck)
        {
            if (scope.Cache.IsOn)
            {
                scope.Cache.Set(context.Now, head.StatusCode(), head.Contains(HeaderName.XEnvoyDegraded));
            }

            head.Set(HeaderName.XEnvoyUpstreamHealthcheckedCluster, scope.LocalCluster);
        }

        if (context.Shared.HealthCheckFailed)
        {
            head.Set(HeaderName.XEnvoyImmediateHealthCheckFail, "true"u8);
        }
    }

    public void ModifyLocalReply(HeaderMap response)
    {
        if (degraded)
        {
            response.Set(HeaderName.XEnvoyDegraded, ""u8);
        }
    }

    private bool Fits(HeaderMap head)
    {
        foreach (var header in scope.Settings.Headers)
        {
            if (!header.Matches(head))
            {
                return false;
            }
        }

        return true;
    }

    private FilterStatus Decode(bool endStream)
    {
        if (endStream && answers)
        {
            Answer();
        }

        return answers ? FilterStatus.StopIteration : FilterStatus.Continue;
    }

    private void Answer()
    {
        var stats = scope.Stats;
        stats.RequestTotal.Increment();
        var status = 200;
        string details;
        if (context.Shared.HealthCheckFailed)
        {
            status = 503;
            details = "health_check_failed";
        }
        else if (scope.Cache.IsOn)
        {
            status = scope.Cache.Status;
            degraded = scope.Cache.IsDegraded;
            details = "health_check_cached";
            stats.CachedResponse.Increment();
        }
        else if (!scope.AreClustersHealthy(out details))
        {
            status = 503;
        }

        var ok = status is >= 200 and < 300;
        (ok ? stats.Ok : stats.Failed).Increment();
        if (degraded)
        {
            stats.Degraded.Increment();
        }

        stream.SendLocalReply(new LocalReply(status, default, ok ? ResponseFlag.None : ResponseFlag.FailedLocalHealthCheck, details), this);
    }
}
