namespace MeshSim.ProxyRuntime.Core;

/// <summary>The request body on its way: to the attempts that can take it, and kept for those to come, up to the limit. Reused with its router.</summary>
internal sealed class RetryBuffer(Router router)
{
    /// <summary>The body has outgrown the limit and cannot be sent again.</summary>
    public bool IsAbandoned { get; private set; }

    /// <summary>It was kept for a redirect within the proxy alone: a reset is blamed on the buffer all the same.</summary>
    public bool IsBlamed { get; private set; }

    /// <summary>A retry or a redirect within the proxy may need the body again.</summary>
    public bool MayBeNeeded =>
        (router.Retries is { On: not RetryOn.None } || router.Action.InternalRedirect is not null) && !router.Stream.ResponseStarted && !IsAbandoned;

    public void Begin() => IsAbandoned = IsBlamed = false;

    public void Forward(long bytes, bool endStream)
    {
        var stream = router.Stream;
        var keep = MayBeNeeded;
        if (keep && stream.BodyKept + bytes > stream.BufferLimit)
        {
            keep = false;
            if (Abandon())
            {
                return;
            }
        }

        if (router.Attempts.Count == 0 && !keep && !router.Retrying.IsOpen)
        {
            router.Give(LocalReply.ClosedPrematurely);
            return;
        }

        var unbound = router.Attempts.SendData(bytes, endStream);
        if (unbound || keep)
        {
            stream.KeepBody(bytes, awaitsConnection: unbound);
        }
    }

    /// <summary>No retries any more. Returns whether that ends the request, as it waits for one.</summary>
    private bool Abandon()
    {
        IsAbandoned = true;
        if (router.Retrying.IsOpen)
        {
            router.Cluster.Stats.RetryOrShadowAbandoned.Increment();
            router.Retrying.Close();
            if (router.Attempts.Count == 0)
            {
                router.Give(LocalReply.RetryBufferExceeded);
                return true;
            }
        }
        else
        {
            IsBlamed = true;
        }

        if (router.Attempts.AllBound)
        {
            router.Stream.ReleaseBody();
        }

        return false;
    }
}
