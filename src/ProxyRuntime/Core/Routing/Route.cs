namespace MeshSim.ProxyRuntime.Core;

/// <summary>One route: what it matches and what is done then.</summary>
public sealed record Route
{
    /// <summary>The route of a virtual host that requires TLS, for requests that came without.</summary>
    public static readonly Route ToTls = new() { Match = new RouteMatch(PathSpecifier.Prefix, ""), Action = RedirectAction.ToTls };

    /// <summary>Route.name; empty when not given.</summary>
    public string Name { get; init; } = "";

    public required RouteMatch Match { get; init; }

    public required ActionSnapshot Action { get; init; }

    public HeaderMutations RequestHeaders { get; init; } = HeaderMutations.None;

    public HeaderMutations ResponseHeaders { get; init; } = HeaderMutations.None;

    public PerFilterConfig PerFilterConfig { get; init; } = PerFilterConfig.None;

    public MetadataMap Metadata { get; init; } = MetadataMap.Empty;

    /// <summary>request_body_buffer_limit or per_request_buffer_limit_bytes of the route, else of its virtual host; null: the connection's limit.</summary>
    public long? BodyBufferLimit { get; init; }

    /// <summary>stat_prefix: statistics under <c>vhost.HOST.route.PREFIX</c>; empty for none.</summary>
    public string StatPrefix { get; init; } = "";

    /// <summary>decorator; null for none.</summary>
    public RouteDecorator? Decorator { get; init; }

    /// <summary>tracing: replaces the connection manager's sampling as a whole; null for none.</summary>
    public TraceSampling? Tracing { get; init; }
}

/// <summary>Decorator: a name for the operation, for traces.</summary>
/// <param name="Operation">operation.</param>
/// <param name="Propagate">propagate. Default true: x-envoy-decorator-operation tells the other side.</param>
public sealed record RouteDecorator(string Operation, bool Propagate = true);

/// <summary>client_sampling, random_sampling and overall_sampling; all requests by default.</summary>
public sealed record TraceSampling(FractionalPercent Client, FractionalPercent Random, FractionalPercent Overall)
{
    public static readonly TraceSampling All = new(FractionalPercent.Always, FractionalPercent.Always, FractionalPercent.Always);
}
