namespace MeshSim.ProxyRuntime.Core;

/// <summary>How far one request has come through its requirement. Reused.</summary>
/// <remarks>
/// Members of a group are checked in order, but none waits for another's keys: what is decided first counts. Once the whole is decided,
/// fetches that are under way are given up.
/// </remarks>
internal sealed class JwtVerification
{
    private readonly WorkerContext context;
    private readonly JwtAuthnState state;
    private readonly IJwtVerified owner;
    private readonly Progress[] progress;
    private readonly JwtAuthenticator?[] authenticators;
    private readonly SortedDictionary<string, MetadataValue> metadata = new(StringComparer.Ordinal);

    public JwtVerification(WorkerContext context, JwtAuthnState state, IJwtVerified owner)
    {
        this.context = context;
        this.state = state;
        this.owner = owner;
        progress = new Progress[state.NodeCountMax];
        authenticators = new JwtAuthenticator?[state.NodeCountMax];
    }

    public ActiveStream Stream { get; private set; } = null!;

    /// <summary>Claims have changed what the route is chosen by.</summary>
    public bool ClearRouteCache { get; set; }

    /// <summary>Begins; the owner is told the outcome, perhaps at once.</summary>
    public void Start(ActiveStream stream, JwtRequirementNode root)
    {
        Stream = stream;
        ClearRouteCache = false;
        metadata.Clear();
        Array.Clear(progress);
        Verify(root);
    }

    /// <summary>Gives up what is under way.</summary>
    public void Cancel()
    {
        foreach (var authenticator in authenticators)
        {
            authenticator?.Cancel();
        }
    }

    /// <summary>Notes what goes into the stream's metadata in the end; the later of two under one name counts.</summary>
    public void AddMetadata(string name, MetadataValue fields) => metadata[name] = fields;

    /// <summary>A node is done.</summary>
    public void OnComplete(JwtRequirementNode node, JwtStatus status)
    {
        if (!progress[node.Index].IsCompleted)
        {
            Complete(node, status);
        }
    }

    private void Verify(JwtRequirementNode node)
    {
        switch (node.Kind)
        {
            case JwtNodeKind.AllowAll:
                Complete(node, JwtStatus.Ok);
                break;
            case JwtNodeKind.Any:
            case JwtNodeKind.All:
                foreach (var child in node.Children)
                {
                    if (progress[node.Index].IsCompleted)
                    {
                        return;
                    }

                    Verify(child);
                }

                break;
            default:
                var authenticator = authenticators[node.Index] ??= new JwtAuthenticator(context, state, this);
                authenticator.Start(node);
                break;
        }
    }

    private void Complete(JwtRequirementNode node, JwtStatus status)
    {
        progress[node.Index].IsCompleted = true;
        progress[node.Index].Status = status;
        if (node.Parent is not { } parent)
        {
            Finish(status);
        }
        else if (!progress[parent.Index].IsCompleted)
        {
            OnChildComplete(parent, status);
        }
    }

    private void OnChildComplete(JwtRequirementNode group, JwtStatus status)
    {
        var isLast = ++progress[group.Index].ChildrenCompleted == group.Children.Length;
        if (group.Kind == JwtNodeKind.All)
        {
            if (isLast || status != JwtStatus.Ok)
            {
                Complete(group, status);
            }
        }
        else if (status == JwtStatus.Ok)
        {
            Complete(group, status);
        }
        else if (isLast)
        {
            Complete(group, FailureOf(group));
        }
    }

    /// <summary>
    /// What the failure of all children comes to: the last error that is neither a missing token nor an unknown issuer, else an
    /// unknown issuer, else a missing token; or success where that is allowed.
    /// </summary>
    private JwtStatus FailureOf(JwtRequirementNode any)
    {
        var failure = JwtStatus.JwtMissed;
        foreach (var child in any.Children)
        {
            var status = progress[child.Index].Status;
            if (status is not (JwtStatus.JwtMissed or JwtStatus.JwtUnknownIssuer) || failure == JwtStatus.JwtMissed)
            {
                failure = status;
            }
        }

        var isAllowed = any.AnyAllowsFailed || (any.AnyAllowsMissing && failure == JwtStatus.JwtMissed);
        return isAllowed ? JwtStatus.Ok : failure;
    }

    private void Finish(JwtStatus status)
    {
        if (metadata.Count > 0)
        {
            Stream.Info.DynamicMetadata.Merge("envoy.filters.http.jwt_authn", MetadataValue.Of(metadata));
        }

        Cancel();
        owner.OnVerified(status);
    }

    private struct Progress
    {
        public bool IsCompleted;
        public int ChildrenCompleted;
        public JwtStatus Status;
    }
}

/// <summary>Who waits for the outcome of a verification.</summary>
internal interface IJwtVerified
{
    void OnVerified(JwtStatus status);
}
