namespace MeshSim.ProxyRuntime.Core;

/// <summary>The attempts of one request that are under way: one, or with hedging several.</summary>
internal sealed class UpstreamRequests
{
    private readonly List<UpstreamRequest> attempts = [];

    public int Count => attempts.Count;

    public bool AnyAwaitsHeaders
    {
        get
        {
            foreach (var attempt in attempts)
            {
                if (attempt.AwaitingHeaders)
                {
                    return true;
                }
            }

            return false;
        }
    }

    public bool AllBound
    {
        get
        {
            foreach (var attempt in attempts)
            {
                if (!attempt.IsBound)
                {
                    return false;
                }
            }

            return true;
        }
    }

    public UpstreamRequest this[int index] => attempts[index];

    public void Add(UpstreamRequest attempt) => attempts.Add(attempt);

    public void Remove(UpstreamRequest attempt) => attempts.Remove(attempt);

    public void Clear() => attempts.Clear();

    public bool AnyOtherAwaitsHeaders(UpstreamRequest attempt)
    {
        foreach (var other in attempts)
        {
            if (!ReferenceEquals(other, attempt) && other.AwaitingHeaders)
            {
                return true;
            }
        }

        return false;
    }

    public void CancelAll()
    {
        for (var i = attempts.Count - 1; i >= 0; i--)
        {
            attempts[i].Cancel();
        }

        attempts.Clear();
    }

    public void CancelOthers(UpstreamRequest attempt)
    {
        for (var i = attempts.Count - 1; i >= 0; i--)
        {
            if (!ReferenceEquals(attempts[i], attempt))
            {
                var other = attempts[i];
                attempts.RemoveAt(i);
                other.Cancel();
            }
        }
    }

    public void SendTrailers(HeaderMap trailers)
    {
        foreach (var attempt in attempts)
        {
            attempt.SendTrailers(trailers);
        }
    }

    /// <summary>Hands body bytes to the attempts that have a connection. Returns whether one waits for one, or there is none at all.</summary>
    public bool SendData(long bytes, bool endStream)
    {
        var unbound = attempts.Count == 0;
        foreach (var attempt in attempts)
        {
            if (attempt.IsBound)
            {
                attempt.SendData(bytes, endStream);
            }
            else
            {
                unbound = true;
            }
        }

        return unbound;
    }

    public void OnRequestComplete()
    {
        foreach (var attempt in attempts)
        {
            attempt.OnRequestComplete();
        }
    }
}
