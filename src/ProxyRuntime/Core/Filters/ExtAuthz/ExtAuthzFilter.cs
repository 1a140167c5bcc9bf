namespace MeshSim.ProxyRuntime.Core;

/// <summary>envoy.filters.http.ext_authz: asks a service, and lets a request pass, changed or not, or answers it.</summary>
internal sealed class ExtAuthzFilter(WorkerContext context, ExtAuthzState state) : HttpFilter, IAsyncCallbacks, IResponseModifier
{
    private const string AuthzDenied = "ext_authz_denied";
    private const string AuthzError = "ext_authz_error";
    private const string AuthzInvalid = "ext_authz_invalid";

    private readonly ExtAuthzSettings settings = state.Settings;
    private readonly ExtAuthzCheck check = state.NewCheck();
    private readonly ExtAuthzResponse response = new();
    private ActiveStream stream = null!;
    private ExtAuthzClient client = null!;
    private AsyncStream? running;
    private ClusterSnapshot? cluster;
    private MonotonicTime calledAt;
    private Phase phase;
    private bool initiating;
    private bool allowPartial;
    private bool sawBody;
    private bool emitsStats;
    private long maxRequestBytes;

    private enum Phase : byte
    {
        /// <summary>Nothing is asked, or the answer was yes.</summary>
        Passing,

        /// <summary>The body, or enough of it, has to come first.</summary>
        Buffering,

        Calling,
        Responded,
    }

    public override void Begin(ActiveStream stream)
    {
        this.stream = stream;
        phase = Phase.Passing;
        running = null;
        initiating = sawBody = false;
        response.Clear();
    }

    public override FilterStatus DecodeHeaders(HeaderMap head, bool endStream)
    {
        var route = stream.Selection.FilterSettings(Name) as ExtAuthzRouteSettings;
        if (stream.Selection.Route is null || route?.Disabled == true)
        {
            return FilterStatus.Continue;
        }

        if (!IsEnabled())
        {
            return OnDisabled();
        }

        maxRequestBytes = settings.Body?.MaxRequestBytes ?? 0;
        if (WantsBody(route, head, endStream))
        {
            var body = route?.Body ?? settings.Body!;
            allowPartial = body.AllowPartialMessage;
            maxRequestBytes = body.MaxRequestBytes;
            if (!allowPartial)
            {
                stream.FilterBufferLimit = maxRequestBytes;
            }

            phase = Phase.Buffering;
            return FilterStatus.StopIteration;
        }

        Call();
        return phase == Phase.Passing ? FilterStatus.Continue : FilterStatus.StopIteration;
    }

    public override FilterStatus DecodeData(long bytes, bool endStream)
    {
        if (phase != Phase.Buffering)
        {
            return phase == Phase.Passing ? FilterStatus.Continue : FilterStatus.StopIteration;
        }

        sawBody = true;
        if (IsTooLarge(endStream))
        {
            phase = Phase.Responded;
            stream.Manager.Stats.DownstreamRqTooLarge.Increment();
            stream.SendLocalReply(LocalReply.PayloadTooLarge);
            return FilterStatus.StopIteration;
        }

        if (endStream || (allowPartial && stream.BodyKept >= maxRequestBytes))
        {
            Call();
        }

        return phase == Phase.Passing ? FilterStatus.Continue : FilterStatus.StopIteration;
    }

    public override FilterStatus DecodeTrailers(HeaderMap trailers)
    {
        if (phase == Phase.Buffering)
        {
            Call();
        }

        return phase == Phase.Passing ? FilterStatus.Continue : FilterStatus.StopIteration;
    }

    public override void EncodeHeaders(HeaderMap head, bool endStream)
    {
        if (phase == Phase.Passing && response.Count > 0)
        {
            ExtAuthzMutations.ApplyToResponse(response, head);
        }
    }

    public override void OnDestroy()
    {
        var former = running;
        running = null;
        former?.Cancel();
    }

    public void OnAsyncComplete(AsyncStream request, bool failed)
    {
        running = null;
        client.Read(request, failed, response);
        EmitCallStats(request);
        OnResponse();
    }

    public void ModifyLocalReply(HeaderMap response) => ExtAuthzMutations.ApplyToDenial(this.response, response);

    private bool IsEnabled() =>
        settings.FilterEnabled?.Enabled(context.Runtime, context.RuntimeRandom.NextUInt64()) != false
        && settings.FilterEnabledMetadata?.Matches(stream.Info.DynamicMetadata) != false;

    private FilterStatus OnDisabled()
    {
        state.Stats.Disabled.Increment();
        if (settings.DenyAtDisable?.Enabled(context.Runtime) != true)
        {
            return FilterStatus.Continue;
        }

        Answer(settings.StatusOnError, AuthzError);
        return FilterStatus.StopIteration;
    }

    private bool WantsBody(ExtAuthzRouteSettings? route, HeaderMap head, bool endStream) =>
        (settings.Body ?? route?.Body) is not null && route?.DisableRequestBodyBuffering != true && !endStream && !IsUpgrade(head);

    /// <summary>A WebSocket, or CONNECT with a protocol: what follows is no body.</summary>
    private static bool IsUpgrade(HeaderMap head) =>
        UpgradeRequests.IsConnect(head) || (UpgradeRequests.IsUpgrade(head) && StringMatcher.EqualsIgnoringCase(head.Get(HeaderName.Upgrade), "websocket"u8));

    /// <summary>More has come than may be kept. As in Envoy's codecs, the last bytes of HTTP/2 may come with the end, and are not refused then.</summary>
    private bool IsTooLarge(bool endStream) =>
        !allowPartial && stream.BodyKept > maxRequestBytes && !(endStream && stream.Info.Connection.Protocol == HttpProtocol.Http2);

    private void Call()
    {
        var service = Service();
        LeaveFilterState();
        check.Begin(stream, Name, maxRequestBytes, sawBody || stream.BodyKept > 0 ? stream.BodyKept : null);
        client = state.Client(service);
        calledAt = context.Now;
        phase = Phase.Calling;
        cluster = stream.Info.UpstreamCluster;
        initiating = true;
        if (!client.TrySend(check, this, ref running))
        {
            EmitCallStats(null);
            OnResponse();
        }

        initiating = false;
    }

    /// <summary>The service of the most specific level; null: the filter's.</summary>
    private ExtAuthzService? Service() => (stream.Selection.FilterSettings(Name) as ExtAuthzRouteSettings)?.Service;

    /// <summary>The filter's object in the filter state, unless another filter has one of that name.</summary>
    private void LeaveFilterState()
    {
        emitsStats = settings.EmitFilterStateStats;
        if ((settings.EmitFilterStateStats || settings.HasFilterMetadata) && stream.Info.FilterState.Get(Name) is not null)
        {
            emitsStats = false;
            state.Stats.FilterStateNameCollision.Increment();
        }
    }

    /// <param name="request">Null: there was nobody to ask.</param>
    private void EmitCallStats(AsyncStream? request)
    {
        if (!emitsStats)
        {
            return;
        }

        var fields = stream.Info.FilterState;
        fields.AddNumber(Name, "latency_us", context.Now.Since(calledAt) / 1000);
        if (client is ExtAuthzGrpcClient && request is not null)
        {
            fields.AddNumber(Name, "bytesSent", request.Info.UpstreamBytes.WireBytesSent);
            fields.AddNumber(Name, "bytesReceived", request.Info.UpstreamBytes.WireBytesReceived);
        }
    }

    private void OnResponse()
    {
        if (response.HasUnknownAction && settings.ValidateMutations)
        {
            Reject();
            return;
        }

        NoteMetadata();
        switch (response.Verdict)
        {
            case ExtAuthzVerdict.Ok:
                Allow();
                break;
            case ExtAuthzVerdict.Denied:
                Deny();
                break;
            default:
                Fail();
                break;
        }
    }

    private void NoteMetadata()
    {
        if (response.Metadata is not { Fields.Count: > 0 } metadata)
        {
            return;
        }

        if (!settings.EnableDynamicMetadataIngestion)
        {
            state.Stats.IgnoredDynamicMetadata.Increment();
            return;
        }

        if (response.Verdict == ExtAuthzVerdict.Ok)
        {
            var milliseconds = context.Now.Since(calledAt) / MonotonicTime.NanosecondsPerMillisecond;
            metadata = metadata.Merge(MetadataValue.Of([KeyValuePair.Create("ext_authz_duration", MetadataValue.Of((double)milliseconds))]));
        }

        stream.Info.DynamicMetadata.Merge("envoy.filters.http.ext_authz", metadata);
    }

    private void Allow()
    {
        var head = stream.RequestHeaders;
        if (!ExtAuthzMutations.TryApply(response, head, settings, context.Scratch) || IsTooLarge(head))
        {
            Reject();
            return;
        }

        if (settings.ClearRouteCache && ChangesRoute())
        {
            stream.RefreshRoute();
        }

        state.Stats.Of(cluster)?.Ok.Increment();
        state.Stats.Ok.Increment();
        Pass();
    }

    private bool ChangesRoute() =>
        response.Has(ExtAuthzEdit.Set)
        || response.Has(ExtAuthzEdit.Append)
        || response.Has(ExtAuthzEdit.Remove)
        || response.Has(ExtAuthzEdit.QuerySet)
        || response.Has(ExtAuthzEdit.QueryRemove);

    private bool IsTooLarge(HeaderMap head) =>
        head.Count > stream.Manager.Snapshot.MaxHeadersCount || head.ByteSize > stream.Manager.Snapshot.MaxRequestHeadersKb * 1024;

    private void Deny()
    {
        state.Stats.Denied.Increment();
        if (cluster is not null)
        {
            state.Stats.Of(cluster)!.Denied.Increment();
            if (settings.ChargeClusterResponseStats && context.Clusters.TryGetValue(cluster.Name, out var charged))
            {
                charged.Stats.Responses.Charge(new ResponseFacts(response.Status, Internal: true, Canary: false, ToZone: "", CompletedOnly: false));
            }
        }

        if (settings.ValidateMutations && !ExtAuthzMutations.IsDenialValid(response))
        {
            Reject();
            return;
        }

        if (settings.MaxDeniedResponseBodyBytes > 0)
        {
            response.TruncateBody(settings.MaxDeniedResponseBodyBytes);
        }

        Answer(response.Status, AuthzDenied, response.Body, this);
    }

    private void Fail()
    {
        state.Stats.Of(cluster)?.Error.Increment();
        state.Stats.Error.Increment();
        if (!settings.FailureModeAllow)
        {
            Answer(settings.StatusOnError, AuthzError);
            return;
        }

        state.Stats.FailureModeAllowed.Increment();
        state.Stats.Of(cluster)?.FailureModeAllowed.Increment();
        if (settings.FailureModeAllowHeaderAdd)
        {
            stream.RequestHeaders.Add(HeaderName.XEnvoyAuthFailureModeAllowed, "true"u8);
        }

        Pass();
    }

    private void Pass()
    {
        phase = Phase.Passing;
        if (!initiating)
        {
            stream.ContinueDecoding();
        }
    }

    /// <summary>The service wants what cannot be done.</summary>
    private void Reject()
    {
        state.Stats.Of(cluster)?.Invalid.Increment();
        state.Stats.Invalid.Increment();
        Answer(500, AuthzInvalid);
    }

    private void Answer(int status, string details, ReadOnlyMemory<byte> body = default, IResponseModifier? modifier = null)
    {
        phase = Phase.Responded;
        stream.SendLocalReply(new LocalReply(status, body, ResponseFlag.UnauthorizedExternalService, details), modifier);
    }
}
