namespace MeshSim.ProxyRuntime.Core;

/// <summary>envoy.filters.http.local_ratelimit: refuses requests for which a bucket of this proxy has no token.</summary>
internal sealed class LocalRateLimitFilter(WorkerContext context, LocalRateLimitScope scope) : HttpFilter, IResponseModifier
{
    private const int ResourceExhausted = 8;

    private static readonly byte[] Body = LocalReply.Text("local_rate_limited");

    private ActiveStream stream = null!;
    private LocalRateLimitSettings settings = scope.Settings;
    private LocalRateLimitResult result;

    public override void Begin(ActiveStream owner)
    {
        stream = owner;
        result = default;
    }

    public override FilterStatus DecodeHeaders(HeaderMap head, bool endStream)
    {
        settings = stream.Selection.FilterSettings(Name) as LocalRateLimitSettings ?? scope.Settings;
        if (!scope.Draw(settings.FilterEnabled))
        {
            return FilterStatus.Continue;
        }

        var stats = scope.StatsOf(settings);
        stats.Enabled.Increment();
        result = scope.Take(settings, head, stream);
        if (result.Verdict == LocalRateLimitVerdict.Allowed)
        {
            stats.Ok.Increment();
            return FilterStatus.Continue;
        }

        stats.RateLimited.Increment();
        if (result.Verdict == LocalRateLimitVerdict.Shadow)
        {
            stats.ShadowMode.Increment();
            return FilterStatus.Continue;
        }

        if (!scope.Draw(settings.FilterEnforced))
        {
            settings.RequestHeadersWhenNotEnforced.Apply(head, stream.Info, context.Scratch);
            return FilterStatus.Continue;
        }

        stats.Enforced.Increment();
        int? grpcStatus = settings.RateLimitedAsResourceExhausted ? ResourceExhausted : null;
        stream.SendLocalReply(new LocalReply(settings.Status, Body, ResponseFlag.RateLimited, "local_rate_limited", grpcStatus), this);
        return FilterStatus.StopIteration;
    }

    /// <summary>Every answer to a request that was looked at tells how the bucket stands now.</summary>
    public override void EncodeHeaders(HeaderMap head, bool endStream)
    {
        var wanted = result.XRateLimit switch
        {
            XRateLimitOption.Off => false,
            XRateLimitOption.DraftVersion03 => true,
            _ => settings.EnableXRateLimitHeaders,
        };
        if (wanted && result.Bucket is { } bucket)
        {
            XRateLimitHeaders.Add(head, HeaderName.XRatelimitLimit, bucket.MaxTokens);
            XRateLimitHeaders.Add(head, HeaderName.XRatelimitRemaining, bucket.Remaining(context.Now));
            XRateLimitHeaders.Add(head, HeaderName.XRatelimitReset, (ulong)bucket.ResetSeconds(context.Now));
        }
    }

    public void ModifyLocalReply(HeaderMap response) => settings.ResponseHeaders.Apply(response, stream.Info, context.Scratch);
}
