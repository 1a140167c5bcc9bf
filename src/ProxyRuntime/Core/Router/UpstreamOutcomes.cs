namespace MeshSim.ProxyRuntime.Core;

/// <summary>What becomes of a request when one of its attempts answers, breaks off or takes too long. Reused with its router.</summary>
internal sealed class UpstreamOutcomes(WorkerContext context, Router router)
{
    private bool requestSent;

    public void Begin() => requestSent = false;

    /// <summary>The head of the request is on its way upstream.</summary>
    public void OnRequestSent() => requestSent = true;

    /// <summary>The pool has given the attempt a connection, or refused it.</summary>
    public void OnHostSelected(HostState host, bool connected)
    {
        if (router.Retrying.IsOpen)
        {
            router.Choice.OnHostAttempted(host);
        }

        if (connected)
        {
            host.Monitor.PutLocalOriginSuccess();
            router.Charger.Selected();
        }
    }

    /// <summary>An interim answer goes to the client; after it nothing is retried.</summary>
    public void OnUpstreamInformational(UpstreamRequest attempt, HeaderMap head)
    {
        router.Charger.Charge(head.StatusCode(), head, attempt);
        router.Attempts.CancelOthers(attempt);
        router.Retrying.Close();
        router.Stream.EncodeInformational(head);
    }

    public void OnUpstreamHeaders(UpstreamRequest attempt, HeaderMap head, bool endStream)
    {
        var code = head.StatusCode();
        var grpcStatus = router.IsGrpc ? GrpcMessages.Status(head) : null;
        var host = attempt.Host!;
        Tell(host, host.Monitor.PutResponse(grpcStatus is { } status ? GrpcMessages.ToHttp(status) : code));
        if (head.Contains(HeaderName.XEnvoyImmediateHealthCheckFail) && !router.Cluster.Snapshot.HealthChecks.IsEmpty)
        {
            ref var effect = ref context.Effects.Add(EffectKind.ImmediateHealthCheckFail);
            effect.Subject = host;
            effect.Cluster = router.Cluster.Snapshot;
        }

        if (router.Retrying.OnHeaders(attempt, head, out var couldNotRetry))
        {
            host.Stats.Failed();
            router.Cluster.Stats.RetriedCodes.Charge(code, router.Charger.CompletedOnly);
            LetGo(attempt, head, endStream);
            return;
        }

        if (router.Action.InternalRedirect is { } policy && policy.Codes.Contains(code) && Redirect(attempt, policy, head, endStream))
        {
            return;
        }

        if (couldNotRetry && (router.Retrying.IsPending || router.Attempts.AnyOtherAwaitsHeaders(attempt)))
        {
            // Another try may still do better.
            host.Stats.Failed();
            LetGo(attempt, head, endStream);
            return;
        }

        router.Retrying.Close();
        WriteServiceTime(head);
        attempt.IsCanary = host.Snapshot.IsCanary || head.Get(HeaderName.XEnvoyUpstreamCanary).SequenceEqual("true"u8);
        router.Charger.Charge(code, head, attempt);
        if (code < 500)
        {
            JudgeSuccess(attempt, grpcStatus, endStream);
        }

        router.Stream.ReleaseBody();
        router.Stream.Info.ResponseCodeDetails = ResponseCodeDetails.ViaUpstream;
        attempt.Win();
        router.Attempts.CancelOthers(attempt);
        router.Stream.Info.ResponseHeaders = head;
        router.Stream.Info.ResponseCode = code;
        router.Choice.WriteCookies(head);
        RouteFinalization.Response(router.Stream.Selection, head, router.Stream.Info, context.Scratch);
        router.ModifyResponse(head);
        if (endStream)
        {
            OnUpstreamComplete(attempt);
        }

        router.Stream.EncodeHeaders(head, endStream);
    }

    public void OnUpstreamData(UpstreamRequest attempt, long bytes, bool endStream)
    {
        if (endStream)
        {
            if (attempt.GrpcSuccessDeferred)
            {
                // A gRPC response without trailers is an error.
                attempt.Host!.Stats.Failed();
            }

            OnUpstreamComplete(attempt);
        }

        router.Stream.EncodeData(attempt.Id, bytes, endStream);
    }

    public void OnUpstreamTrailers(UpstreamRequest attempt, HeaderMap trailers)
    {
        if (attempt.GrpcSuccessDeferred)
        {
            var succeeded = GrpcMessages.Status(trailers) is { } status && GrpcMessages.ToHttp(status) < 500;
            attempt.Host!.Stats.Judge(succeeded ? 200 : 500);
        }

        OnUpstreamComplete(attempt);
        router.Stream.EncodeTrailers(trailers);
    }

    /// <summary>An attempt ended without a response, or in the middle of one.</summary>
    public void OnUpstreamReset(UpstreamRequest attempt, ResetReason reason, string transportFailure)
    {
        router.Attempts.Remove(attempt);
        if (reason != ResetReason.Overflow)
        {
            PutLocalOriginFailure(attempt, 503);
        }

        if (TryAgainAfterReset(attempt, reason, isTimeout: false))
        {
            return;
        }

        ChargeAbort(attempt, ResetReasons.Status(reason));
        if (router.Attempts.AnyAwaitsHeaders || router.Retrying.IsPending)
        {
            return;
        }

        router.RefusalHeader = reason == ResetReason.Overflow ? HeaderName.XEnvoyOverloaded : null;
        router.Give(context.ResetReplies.Get(reason, router.Stream.Info.AttemptCount > 1, router.Stream.ResponseStarted, transportFailure));
    }

    /// <summary>An attempt took too long, or was silent too long.</summary>
    public void OnPerTryTimeout(UpstreamRequest attempt, bool idle)
    {
        if (router.Timeouts.Hedging)
        {
            Hedge(attempt);
            return;
        }

        (idle ? router.Cluster.Stats.UpstreamRqPerTryIdleTimeout : router.Cluster.Stats.UpstreamRqPerTryTimeout).Increment();
        attempt.Host?.Stats.TimedOut();
        PutLocalOriginFailure(attempt, router.TimeoutStatus);
        router.Attempts.Remove(attempt);
        attempt.Cancel(idle ? AttemptEnd.PerTryIdleTimeout : AttemptEnd.PerTryTimeout);
        if (TryAgainAfterReset(attempt, ResetReason.LocalReset, isTimeout: true))
        {
            return;
        }

        ChargeAbort(attempt, router.TimeoutStatus);
        SpendTimeoutBudget();
        router.Give(LocalReply.Timeout(router.TimeoutStatus, idle ? "upstream_per_try_idle_timeout" : ResponseCodeDetails.UpstreamPerTryTimeout));
    }

    public void OnMaxStreamDuration(UpstreamRequest attempt)
    {
        router.Cluster.Stats.UpstreamRqMaxDurationReached.Increment();
        router.Attempts.Remove(attempt);
        attempt.Cancel(AttemptEnd.MaxStreamDuration);
        if (TryAgainAfterReset(attempt, ResetReason.LocalReset, isTimeout: false))
        {
            return;
        }

        router.Give(LocalReply.UpstreamMaxDuration(router.Stream.RequestComplete));
    }

    private bool TryAgainAfterReset(UpstreamRequest attempt, ResetReason reason, bool isTimeout)
    {
        if (!router.Retrying.OnReset(attempt, reason, requestSent, isTimeout))
        {
            return false;
        }

        attempt.Host?.Stats.Failed();
        return true;
    }

    /// <summary>hedge_on_per_try_timeout: the slow attempt goes on; another is started beside it.</summary>
    private void Hedge(UpstreamRequest attempt)
    {
        PutLocalOriginFailure(attempt, router.TimeoutStatus);
        attempt.OutlierTimeoutRecorded = true;
        attempt.Retried |= router.Retrying.OnHedge();
    }

    private bool Redirect(UpstreamRequest attempt, InternalRedirectPolicy policy, HeaderMap head, bool endStream)
    {
        if (!router.Body.IsAbandoned && InternalRedirects.TryConvert(router, policy, head, context) && router.Stream.TryRecreate(head))
        {
            router.Cluster.Stats.UpstreamInternalRedirectSucceededTotal.Increment();
            router.Attempts.Remove(attempt);
            attempt.EndForRetry(endStream);
            return true;
        }

        router.Cluster.Stats.UpstreamInternalRedirectFailedTotal.Increment();
        return false;
    }

    public void OnGlobalTimeout(UpstreamRequest attempt)
    {
        router.Cluster.Stats.UpstreamRqTimeout.Increment();
        router.Charger.TimedOut();
        attempt.Host?.Stats.TimedOut();
        if (attempt.AwaitingHeaders)
        {
            if (!attempt.OutlierTimeoutRecorded)
            {
                PutLocalOriginFailure(attempt, router.TimeoutStatus);
            }

            ChargeAbort(attempt, router.TimeoutStatus);
            attempt.CancelUnanswered();
            return;
        }

        attempt.Cancel(AttemptEnd.RouteTimeout);
    }

    /// <summary>
    /// The request is answered, or took too long: how much of its timeout that was. Not of one that is answered before it is complete, where
    /// Envoy records a time since nothing.
    /// </summary>
    public void SpendTimeoutBudget()
    {
        if (router.Cluster.Stats.TimeoutBudgets is { } budgets && router.ElapsedMs is { } elapsedMs)
        {
            budgets.Request(elapsedMs, router.Timeouts.GlobalNs);
        }
    }

    /// <summary>An answer that does not count, as another is hoped for.</summary>
    private void LetGo(UpstreamRequest attempt, HeaderMap head, bool endStream)
    {
        context.Headers.Return(head);
        router.Attempts.Remove(attempt);
        attempt.EndForRetry(endStream);
    }

    private void OnUpstreamComplete(UpstreamRequest attempt)
    {
        router.Attempts.Remove(attempt);
        SpendTimeoutBudget();
        if (router.ElapsedMs is { } elapsedMs)
        {
            router.Charger.RecordTime(attempt, elapsedMs);
        }

        attempt.EndComplete();
        router.Cleanup();
    }

    private void JudgeSuccess(UpstreamRequest attempt, int? grpcStatus, bool endStream)
    {
        if (!router.IsGrpc)
        {
            attempt.Host!.Stats.Judge(200);
        }
        else if (endStream)
        {
            attempt.Host!.Stats.Judge(grpcStatus is { } status && GrpcMessages.ToHttp(status) < 500 ? 200 : 500);
        }
        else
        {
            attempt.GrpcSuccessDeferred = true;
        }
    }

    private void ChargeAbort(UpstreamRequest attempt, int status)
    {
        if (router.Stream.ResponseStarted)
        {
            if (attempt.GrpcSuccessDeferred)
            {
                attempt.Host?.Stats.Failed();
                router.Stats.RqResetAfterDownstreamResponseStarted.Increment();
            }

            return;
        }

        router.Charger.Charge(status, null, attempt);
        if (status < 500)
        {
            attempt.Host?.Stats.Failed();
        }
    }

    private void WriteServiceTime(HeaderMap head)
    {
        if (router.ElapsedMs is { } elapsedMs && !router.Settings.SuppressEnvoyHeaders)
        {
            head.Set(HeaderName.XEnvoyUpstreamServiceTime, elapsedMs);
        }
    }

    /// <summary>Notes a failure on the way to a host, which outlier detection may have to hear of.</summary>
    private void PutLocalOriginFailure(UpstreamRequest attempt, int code)
    {
        if (attempt.Host is { } host)
        {
            Tell(host, host.Monitor.PutLocalOriginFailure(code));
        }
    }

    private void Tell(HostState host, Detections found) => OutlierReports.Tell(context, router.Cluster.Snapshot, host, found);
}
