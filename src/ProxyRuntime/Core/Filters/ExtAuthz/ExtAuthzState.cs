namespace MeshSim.ProxyRuntime.Core;

/// <summary>The ext_authz filter of one connection manager as one worker runs it: clients and statistics that its streams share.</summary>
internal sealed class ExtAuthzState
{
    /// <summary>What a service that is asked by HTTP always sees.</summary>
    private static readonly NamePatterns AlwaysSeen = NamePatterns.OfExact("authorization", ":method", ":path", ":authority");

    private readonly WorkerContext context;
    private readonly ExtAuthzClient client;
    private readonly NamePatterns? allowedHeaders;
    private readonly Dictionary<ExtAuthzService, ExtAuthzClient> clients = new(ReferenceEqualityComparer.Instance);

    public ExtAuthzState(WorkerContext context, string managerPrefix, ExtAuthzSettings settings)
    {
        this.context = context;
        Settings = settings;
        Stats = new ExtAuthzStats(context.Stats, managerPrefix, settings.StatPrefix);
        client = ExtAuthzClient.Of(settings.Service, context);
        allowedHeaders = settings.UsesGrpc ? settings.AllowedHeaders : (settings.AllowedHeaders ?? NamePatterns.None).With(AlwaysSeen);
    }

    public ExtAuthzSettings Settings { get; }

    public ExtAuthzStats Stats { get; }

    public ExtAuthzCheck NewCheck() => new(context, Settings, allowedHeaders);

    /// <summary>The client for what a route says; null for the filter's own.</summary>
    public ExtAuthzClient Client(ExtAuthzService? own)
    {
        if (own is null)
        {
            return client;
        }

        if (!clients.TryGetValue(own, out var made))
        {
            clients[own] = made = ExtAuthzClient.Of(own, context);
        }

        return made;
    }
}
