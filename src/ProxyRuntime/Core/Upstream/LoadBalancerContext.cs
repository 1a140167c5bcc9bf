namespace MeshSim.ProxyRuntime.Core;

/// <summary>What a request says to the choice of its host: hash, subset, and on retries what was tried before. Reused.</summary>
internal sealed class LoadBalancerContext
{
    private readonly List<HostState> attempted = [];
    private RetryPolicySnapshot? policy;
    private UInt128 excludedPriorities;

    /// <summary>The request itself; null for a choice without one.</summary>
    public IBalancedRequest? Request { get; private set; }

    /// <summary>The hash of hash_policy, made when a balancer asks for it; null: hash balancers choose at random.</summary>
    public ulong? Hash => Request?.ComputeHash();

    /// <summary>The host that a filter wants; null for none. On retries it does not count.</summary>
    public OverrideHost? Override => IsRetry ? null : Request?.OverrideHost;

    /// <summary>For the policy override_host: what is left of the hosts that the request brings.</summary>
    public WantedHosts WantedHosts { get; } = new();

    /// <summary>Which subset of the hosts is meant; null for any.</summary>
    public MetadataValue? MetadataMatch { get; set; }

    /// <summary>The choice is for a retry: predicates of the policy count.</summary>
    public bool IsRetry { get; set; }

    /// <summary>The last choice was made whatever the health of hosts.</summary>
    public bool InPanic { get; set; }

    /// <summary>How many hosts may be drawn until one is taken as it is.</summary>
    public int MaxDraws => IsRetry && policy is { HostPredicates.IsEmpty: false } ? policy.HostSelectionMaxAttempts + 1 : 1;

    public void Begin(RetryPolicySnapshot? retryPolicy, IBalancedRequest? request)
    {
        Request = request;
        attempted.Clear();
        WantedHosts.Clear();
        policy = retryPolicy;
        excludedPriorities = 0;
        MetadataMatch = null;
        IsRetry = InPanic = false;
    }

    /// <summary>A host was tried, whether or not it gave a connection.</summary>
    public void OnHostAttempted(HostState host)
    {
        if (policy is not null && (!policy.HostPredicates.IsEmpty || policy.PriorityUpdateFrequency > 0))
        {
            attempted.Add(host);
        }
    }

    /// <summary>A predicate of the policy would rather have another host.</summary>
    public bool Rejects(HostState host)
    {
        if (!IsRetry || policy is null)
        {
            return false;
        }

        foreach (var predicate in policy.HostPredicates)
        {
            var rejected = predicate switch
            {
                PreviousHostsPredicate => attempted.Contains(host),
                OmitCanaryHostsPredicate => host.Snapshot.IsCanary,
                OmitHostMetadataPredicate omit => HasAll(host, omit.Match),
                _ => false,
            };
            if (rejected)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// The loads of the priorities for this choice. With previous_priorities, each time so many hosts have been tried the priorities
    /// tried are left out; when none is left, it starts over.
    /// </summary>
    public PriorityLoads DeterminePriorityLoads(PriorityLoads original)
    {
        var frequency = policy?.PriorityUpdateFrequency ?? 0;
        if (!IsRetry || frequency == 0 || attempted.Count < frequency)
        {
            return original;
        }

        if (attempted.Count % frequency == 0)
        {
            foreach (var host in attempted)
            {
                excludedPriorities |= UInt128.One << host.Snapshot.Priority;
            }
        }

        if (original.Without(excludedPriorities) is { } loads)
        {
            return loads;
        }

        excludedPriorities = 0;
        attempted.Clear();
        return original.Without(excludedPriorities) ?? original;
    }

    private static bool HasAll(HostState host, MetadataValue match)
    {
        if (match.Fields.Count == 0 || host.Snapshot.Metadata.Get("envoy.lb") is not { } metadata)
        {
            return false;
        }

        foreach (var (name, value) in match.Fields)
        {
            if (metadata.Field(name)?.Equals(value) != true)
            {
                return false;
            }
        }

        return true;
    }
}

/// <summary>What a balancer may ask of the request that it chooses for.</summary>
internal interface IBalancedRequest
{
    HeaderMap Headers { get; }

    DynamicMetadata Metadata { get; }

    /// <summary>The host that a filter wants; null for none.</summary>
    OverrideHost? OverrideHost { get; }

    /// <summary>By what hash its host is chosen; null for none. Making one may give the client a cookie, so only balancers that need it ask.</summary>
    ulong? ComputeHash();
}
