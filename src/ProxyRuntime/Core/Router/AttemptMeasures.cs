namespace MeshSim.ProxyRuntime.Core;

/// <summary>What one attempt leaves in the statistics that its cluster has only with track_cluster_stats. Reused with its attempt.</summary>
internal sealed class AttemptMeasures(WorkerContext context)
{
    private TimeoutBudgetStats? budgets;
    private RequestResponseSizeStats? sizes;
    private MonotonicTime start;
    private long bytesSent;
    private long bytesReceived;
    private long headersReceived;
    private int headersReceivedCount;

    public void Begin(ClusterStats stats)
    {
        budgets = stats.TimeoutBudgets;
        sizes = stats.RequestResponseSizes;
        start = context.Now;
        bytesSent = bytesReceived = headersReceived = 0;
        headersReceivedCount = 0;
    }

    /// <summary>Body bytes of the request have gone out.</summary>
    public void Sent(long bytes) => bytesSent += bytes;

    /// <summary>Body bytes of the response have come.</summary>
    public void Received(long bytes) => bytesReceived += bytes;

    /// <summary>Headers of a response as they came; those of interim ones are added up with them.</summary>
    public void ResponseHead(HeaderMap head)
    {
        if (sizes is not null)
        {
            headersReceived += head.ByteSize;
            headersReceivedCount += head.Count;
        }
    }

    /// <summary>The timeout of the route ended it before an answer: its own timeout did not come into play.</summary>
    public void ForgetBudget() => budgets = null;

    /// <summary>The attempt is over, whatever the reason.</summary>
    public void End(Router router)
    {
        budgets?.Try(context.Now.Since(start) / MonotonicTime.NanosecondsPerMillisecond, router.Timeouts.PerTryNs);
        if (sizes is not null)
        {
            sizes.Request(router.Stream.RequestHeaders, bytesSent);
            if (headersReceivedCount > 0)
            {
                sizes.Response(headersReceived, headersReceivedCount, bytesReceived);
            }
        }
    }
}
