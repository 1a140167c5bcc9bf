namespace MeshSim.ProxyRuntime.Core;

/// <summary>The jwt_authn filter of one connection manager as one worker runs it: keys, requirements and statistics that its streams share.</summary>
/// <remarks>
/// Each worker fetches keys for itself. Envoy does so for keys that a request waits for; what async_fetch fetches is fetched once for
/// all, and listeners wait for it unless fast_listener is set. Here a request that comes before the keys waits for a fetch of its own.
/// </remarks>
internal sealed class JwtAuthnState
{
    private readonly SortedDictionary<string, JwtProviderState> providers = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, JwtProviderState> byIssuer = new(StringComparer.Ordinal);
    private readonly (RouteMatch Match, JwtRequirementNode? Node)[] rules;
    private readonly SortedDictionary<string, JwtRequirementNode> named = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, JwtRequirementNode> byFilterState = new(StringComparer.Ordinal);
    private readonly string filterStateName;
    private readonly string knownNames;

    public JwtAuthnState(WorkerContext context, string managerPrefix, JwtAuthnSettings settings)
    {
        Settings = settings;
        Stats = new JwtAuthnStats(context.Stats, managerPrefix, settings.StatPrefix);
        AllSources = new JwtTokenSources(settings.Providers);
        foreach (var provider in settings.Providers)
        {
            var state = new JwtProviderState(provider);
            providers[provider.Name] = state;
            _ = byIssuer.TryAdd(provider.Issuer, state);
            if (provider.RemoteJwks is { AsyncFetch: { } fetch } remote)
            {
                _ = new JwksRefresh(context, state, remote, fetch, Stats);
            }
        }

        SingleProvider = providers.Count == 1 ? providers.Values.First() : null;
        rules = [.. settings.Rules.Select(rule => (rule.Match, rule.Requires is { } requirement ? Node(requirement) : null))];
        foreach (var entry in settings.RequirementMap)
        {
            named[entry.Name] = Node(entry.Requirement);
        }

        filterStateName = settings.FilterStateRules?.Name ?? "";
        foreach (var entry in settings.FilterStateRules?.Requires ?? [])
        {
            byFilterState[entry.Name] = Node(entry.Requirement);
        }

        knownNames = string.Join(',', named.Keys);
    }

    public JwtAuthnSettings Settings { get; }

    public JwtAuthnStats Stats { get; }

    /// <summary>Where the tokens of any provider may stand.</summary>
    public JwtTokenSources AllSources { get; }

    /// <summary>The number of nodes of the largest requirement.</summary>
    public int NodeCountMax { get; private set; }

    /// <summary>The only provider; null if there are several.</summary>
    public JwtProviderState? SingleProvider { get; }

    public JwtProviderState Provider(string name) => providers[name];

    /// <summary>The first provider with that issuer, else the first without one; null if there is neither.</summary>
    public JwtProviderState? ProviderOf(string issuer) => byIssuer.GetValueOrDefault(issuer) ?? byIssuer.GetValueOrDefault("");

    /// <summary>What a request needs by the rules, or by filter state where no rule matches; null for nothing.</summary>
    public JwtRequirementNode? Find(in RouteRequest request)
    {
        foreach (var (match, node) in rules)
        {
            if (match.Test(request).Condition == RouteCondition.None)
            {
                return node;
            }
        }

        return byFilterState.Count > 0 && filterStateName.Length > 0 && request.Info?.FilterState.Get(filterStateName) is { } text
            ? byFilterState.GetValueOrDefault(text)
            : null;
    }

    /// <summary>What a route asks for by name; null if there is no such entry of requirement_map.</summary>
    public JwtRequirementNode? Find(string requirementName) => named.GetValueOrDefault(requirementName);

    /// <summary>What is wrong with a name that a route asks for.</summary>
    public string UnknownName(string requirementName) => $"Wrong requirement_name: {requirementName}. It should be one of [{knownNames}]";

    private JwtRequirementNode Node(JwtRequirement requirement)
    {
        var node = JwtRequirementNode.Of(requirement, this, out var size);
        NodeCountMax = Math.Max(NodeCountMax, size);
        return node;
    }
}
