namespace MeshSim.ProxyRuntime.Core;

/// <summary>One question to the rate limit service. Reused; it may outlive the filter that asks.</summary>
internal sealed class RateLimitCall(RateLimitScope scope) : IAsyncCallbacks
{
    private const int RequestDomain = 1;
    private const int RequestDescriptors = 2;
    private const int RequestHits = 3;
    private const int DescriptorLimit = 2;
    private const int DescriptorHits = 3;

    private readonly ProtoWriter message = new();
    private readonly List<bool> shown = [];
    private AsyncStream? running;
    private RateLimitFilter? asker;

    /// <summary>Asks about the scope's descriptors.</summary>
    /// <param name="hits">hits_addend of the request as a whole, 0 for none.</param>
    /// <param name="filter">Who is told the answer, perhaps before this returns; null for nobody.</param>
    public void Ask(string domain, uint hits, StreamInfo info, RateLimitFilter? filter)
    {
        asker = filter;
        Write(domain, hits);
        if (scope.Service.New(message.Memory, info, scope.Settings.TimeoutNs, this) is not { } call)
        {
            Finish()?.OnAnswer(default);
            return;
        }

        running = call;
        call.Start(endStream: false, complete: true);
    }

    /// <summary>Nobody waits for the answer any more.</summary>
    public void Cancel()
    {
        var call = running;
        _ = Finish();
        call?.Cancel();
    }

    public void OnAsyncComplete(AsyncStream request, bool failed)
    {
        var reply = scope.Service.ReplyOf(request, failed);
        var answer = reply.IsOk ? RateLimitAnswer.Parse(reply.Message, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(shown)) : default;
        Finish()?.OnAnswer(answer);
    }

    /// <summary>Makes this free for another question. Returns who asked.</summary>
    private RateLimitFilter? Finish()
    {
        var filter = asker;
        asker = null;
        running = null;
        scope.Return(this);
        return filter;
    }

    private void Write(string domain, uint hits)
    {
        message.Clear();
        shown.Clear();
        var frame = message.BeginFrame();
        message.WriteText(RequestDomain, domain);
        for (var i = 0; i < scope.Descriptors.Count; i++)
        {
            var descriptor = scope.Descriptors[i];
            shown.Add(
                descriptor.XRateLimit == XRateLimitOption.Unspecified
                    ? scope.Settings.EnableXRateLimitHeaders
                    : descriptor.XRateLimit == XRateLimitOption.DraftVersion03
            );
            var start = message.Begin(RequestDescriptors);
            message.WriteFields(scope.Descriptors.Bytes(i));
            if (descriptor.Limit is { } limit)
            {
                WriteLimit(limit.Requests, limit.Unit);
            }

            if (descriptor.Hits is { } own)
            {
                var wrapped = message.Begin(DescriptorHits);
                WriteNumber(1, own);
                message.End(wrapped);
            }

            message.End(start);
        }

        WriteNumber(RequestHits, hits);
        message.EndFrame(frame);
    }

    private void WriteLimit(uint requests, int unit)
    {
        var limit = message.Begin(DescriptorLimit);
        WriteNumber(1, requests);
        WriteNumber(2, (ulong)unit);
        message.End(limit);
    }

    private void WriteNumber(int field, ulong value)
    {
        if (value > 0)
        {
            message.WriteVarint(field, value);
        }
    }
}
