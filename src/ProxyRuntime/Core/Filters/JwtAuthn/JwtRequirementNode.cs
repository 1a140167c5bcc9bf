namespace MeshSim.ProxyRuntime.Core;

/// <summary>What a node of a requirement asks for.</summary>
internal enum JwtNodeKind : byte
{
    AllowAll,
    Provider,
    AllowMissing,
    AllowMissingOrFailed,
    Any,
    All,
}

/// <summary>A node of a requirement as a worker checks it. Immutable; what a request has come to is in <see cref="JwtVerification"/>.</summary>
internal sealed class JwtRequirementNode
{
    private JwtRequirementNode(JwtNodeKind kind, JwtRequirementNode? parent, int index)
    {
        Kind = kind;
        Parent = parent;
        Index = index;
    }

    public JwtNodeKind Kind { get; }

    public JwtRequirementNode? Parent { get; }

    /// <summary>Its number in the tree, from 0.</summary>
    public int Index { get; }

    public JwtRequirementNode[] Children { get; private set; } = [];

    /// <summary>The provider whose tokens are asked for; null: of any, by the claim <c>iss</c>.</summary>
    public JwtProviderState? Provider { get; private init; }

    /// <summary>Audiences in place of the provider's; null for those.</summary>
    public JwtAudiences? Audiences { get; private init; }

    /// <summary>Where tokens may stand; null for groups.</summary>
    public JwtTokenSources? Sources { get; private init; }

    /// <summary>For <see cref="JwtNodeKind.Any"/>: nothing at all is as good as one of its children.</summary>
    public bool AnyAllowsMissing { get; private set; }

    /// <summary>For <see cref="JwtNodeKind.Any"/>: failure is as good as success.</summary>
    public bool AnyAllowsFailed { get; private set; }

    /// <summary>Makes the tree of a requirement.</summary>
    /// <param name="size">How many nodes it has.</param>
    public static JwtRequirementNode Of(JwtRequirement requirement, JwtAuthnState state, out int size)
    {
        size = 0;
        return Make(requirement, state, parent: null, ref size);
    }

    private static JwtRequirementNode Make(JwtRequirement requirement, JwtAuthnState state, JwtRequirementNode? parent, ref int size)
    {
        switch (requirement)
        {
            case JwtProviderRequirement named:
                var provider = state.Provider(named.Provider);
                return new JwtRequirementNode(JwtNodeKind.Provider, parent, size++)
                {
                    Provider = provider,
                    Audiences = named.Audiences.IsEmpty ? null : new JwtAudiences(named.Audiences),
                    Sources = new JwtTokenSources([provider.Provider]),
                };
            case JwtAllowMissing:
                return new JwtRequirementNode(JwtNodeKind.AllowMissing, parent, size++) { Sources = state.AllSources };
            case JwtAllowMissingOrFailed:
                return new JwtRequirementNode(JwtNodeKind.AllowMissingOrFailed, parent, size++) { Sources = state.AllSources };
            case JwtAllRequirement all:
                var group = new JwtRequirementNode(JwtNodeKind.All, parent, size++);
                group.Children = MakeAll(all.Requirements, state, group, ref size);
                return group;
            case JwtAnyRequirement any:
                return MakeAny(any, state, parent, ref size);
            default:
                return new JwtRequirementNode(JwtNodeKind.AllowAll, parent, size++);
        }
    }

    /// <summary>allow_missing and allow_missing_or_failed are no children of it but change what failure means, unless there is nothing else.</summary>
    private static JwtRequirementNode MakeAny(JwtAnyRequirement any, JwtAuthnState state, JwtRequirementNode? parent, ref int size)
    {
        var node = new JwtRequirementNode(JwtNodeKind.Any, parent, size++);
        var others = new List<JwtRequirement>();
        foreach (var requirement in any.Requirements)
        {
            switch (requirement)
            {
                case JwtAllowMissing:
                    node.AnyAllowsMissing = true;
                    break;
                case JwtAllowMissingOrFailed:
                    node.AnyAllowsFailed = true;
                    break;
                default:
                    others.Add(requirement);
                    break;
            }
        }

        if (others.Count == 0)
        {
            others.Add(node.AnyAllowsFailed ? JwtRequirement.AllowMissingOrFailed : JwtRequirement.AllowMissing);
        }

        node.Children = MakeAll(others, state, node, ref size);
        return node;
    }

    private static JwtRequirementNode[] MakeAll(IReadOnlyList<JwtRequirement> requirements, JwtAuthnState state, JwtRequirementNode parent, ref int size)
    {
        var nodes = new JwtRequirementNode[requirements.Count];
        for (var i = 0; i < nodes.Length; i++)
        {
            nodes[i] = Make(requirements[i], state, parent, ref size);
        }

        return nodes;
    }
}
