namespace MeshSim.ProxyRuntime.Core;

/// <summary>Decides whether a request is traced, and writes the decision into its id.</summary>
internal static class TraceSampler
{
    public static void Decide(HeaderMap request, StreamInfo info, ConnectionManager manager, TraceSampling? route, WorkerContext context)
    {
        info.RequestIdNumber = RequestIds.Number(request);
        if (manager.Snapshot.Tracing is not { } tracing)
        {
            return;
        }

        info.TraceReason = Reason(request, info.RequestIdNumber, route ?? tracing, manager.Snapshot, context);
    }

    /// <summary>Counts the decision; health checks are never traced.</summary>
    public static void Charge(StreamInfo info, ConnectionManager manager)
    {
        if (manager.Snapshot.Tracing is not null)
        {
            manager.Stats.Traced(info.IsHealthCheck ? TraceReason.NotTraceable : info.TraceReason);
        }
    }

    private static TraceReason Reason(HeaderMap request, ulong? idNumber, TraceSampling sampling, HttpConnectionManagerSnapshot settings, WorkerContext context)
    {
        if (!settings.UseRequestIdForTraceSampling)
        {
            return TraceReason.Sampling;
        }

        if (idNumber is not { } id)
        {
            return TraceReason.NotTraceable;
        }

        var number = id % 10_000;
        var reason = RequestIds.Read(request);
        if (reason == TraceReason.NotTraceable)
        {
            reason = OwnReason(request, number, sampling, context);
            if (reason != TraceReason.NotTraceable && settings.PackTraceReason)
            {
                RequestIds.Write(request, reason);
            }
        }

        if (reason != TraceReason.NotTraceable && !context.Runtime.FeatureEnabled("tracing.global_enabled", sampling.Overall, number))
        {
            reason = TraceReason.NotTraceable;
            if (settings.PackTraceReason)
            {
                RequestIds.Write(request, reason);
            }
        }

        return reason;
    }

    private static TraceReason OwnReason(HeaderMap request, ulong number, TraceSampling sampling, WorkerContext context)
    {
        if (
            request.Contains(HeaderName.XClientTraceId)
            && context.Runtime.FeatureEnabled("tracing.client_enabled", sampling.Client, context.RuntimeRandom.NextUInt64())
        )
        {
            return TraceReason.ClientForced;
        }

        if (request.Contains(HeaderName.XEnvoyForceTrace))
        {
            return TraceReason.ServiceForced;
        }

        return context.Runtime.FeatureEnabled("tracing.random_sampling", sampling.Random, number) ? TraceReason.Sampling : TraceReason.NotTraceable;
    }
}
