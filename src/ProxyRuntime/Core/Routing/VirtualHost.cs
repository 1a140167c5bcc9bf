using System.Collections.Immutable;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>One virtual host of a route table.</summary>
public sealed record VirtualHost
{
    public required string Name { get; init; }

    /// <summary>As written; <see cref="RouteTable"/> compares them in lower case.</summary>
    public required ImmutableArray<string> Domains { get; init; }

    /// <summary>In list order; the first that matches is taken.</summary>
    public ImmutableArray<Route> Routes { get; init; } = [];

    /// <summary>include_request_attempt_count. Default false.</summary>
    public bool IncludeRequestAttemptCount { get; init; }
}

/// <summary>One route: what it matches and what is done then.</summary>
public sealed record Route
{
    /// <summary>Route.name; empty when not given.</summary>
    public string Name { get; init; } = "";

    public required RouteMatch Match { get; init; }

    public required RouteAction Action { get; init; }
}
