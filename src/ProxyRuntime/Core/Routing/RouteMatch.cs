using System.Collections.Immutable;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>RouteMatch: a path specifier and further conditions, all of which must hold.</summary>
public sealed class RouteMatch(PathMatcher path)
{
    /// <summary>A match of a path alone.</summary>
    public RouteMatch(PathSpecifier specifier, string text, bool caseSensitive = true)
        : this(PathMatcher.Of(specifier, text, caseSensitive)) { }

    public PathMatcher Path => path;

    /// <summary>runtime_fraction; null for always.</summary>
    public RuntimeFraction? Fraction { get; init; }

    /// <summary>grpc: content-type is <c>application/grpc</c> or begins with <c>application/grpc+</c>.</summary>
    public bool Grpc { get; init; }

    public ImmutableArray<HeaderMatcher> Headers { get; init; } = [];

    public ImmutableArray<QueryParameterMatcher> QueryParameters { get; init; } = [];

    public ImmutableArray<CookieMatcher> Cookies { get; init; } = [];

    /// <summary>tls_context; null for none.</summary>
    public TlsContextMatch? TlsContext { get; init; }

    public ImmutableArray<MetadataMatcher> DynamicMetadata { get; init; } = [];

    public ImmutableArray<FilterStateMatcher> FilterState { get; init; } = [];

    /// <summary>Whether nothing is asked but path and headers.</summary>
    internal bool IsPlain =>
        Fraction is null && !Grpc && QueryParameters.IsEmpty && Cookies.IsEmpty && TlsContext is null && DynamicMetadata.IsEmpty && FilterState.IsEmpty;

    /// <summary>The first condition that does not hold, in Envoy's order of evaluation; none if the route matches.</summary>
    internal RouteMismatch Test(in RouteRequest request)
    {
        if (Fraction is not null && !Fraction.Enabled(request.Runtime, request.Random))
        {
            return new RouteMismatch(RouteCondition.RuntimeFraction);
        }

        if (Grpc && !GrpcMessages.IsGrpc(request.Headers))
        {
            return new RouteMismatch(RouteCondition.Grpc);
        }

        for (var i = 0; i < Headers.Length; i++)
        {
            if (!Headers[i].Matches(request.Headers))
            {
                return new RouteMismatch(RouteCondition.Headers, i);
            }
        }

        for (var i = 0; i < QueryParameters.Length; i++)
        {
            if (!QueryParameters[i].Matches(request.Query))
            {
                return new RouteMismatch(RouteCondition.QueryParameters, i);
            }
        }

        for (var i = 0; i < Cookies.Length; i++)
        {
            if (!Cookies[i].Matches(request.Headers))
            {
                return new RouteMismatch(RouteCondition.Cookies, i);
            }
        }

        var rare = TestRare(request);
        return rare.Condition != RouteCondition.None || path.Matches(request) ? rare : new RouteMismatch(RouteCondition.Path);
    }

    /// <summary>What a mismatch says of this match, for people.</summary>
    internal string Describe(RouteMismatch mismatch) =>
        mismatch.Condition switch
        {
            RouteCondition.RuntimeFraction =>
                $"runtime_fraction ({Fraction!.Default.Numerator} of {Fraction.Default.Denominator}{(Fraction.RuntimeKey.Length > 0 ? $", key '{Fraction.RuntimeKey}'" : "")}) left it out",
            RouteCondition.Grpc => "it is no gRPC request",
            RouteCondition.Headers => $"{Headers[mismatch.Index]}",
            RouteCondition.QueryParameters => $"{QueryParameters[mismatch.Index]}",
            RouteCondition.Cookies => $"{Cookies[mismatch.Index]}",
            RouteCondition.TlsContext => $"{TlsContext}",
            RouteCondition.DynamicMetadata => $"{DynamicMetadata[mismatch.Index]}",
            RouteCondition.FilterState => $"{FilterState[mismatch.Index]}",
            RouteCondition.Path => $"{path}",
            _ => "",
        };

    private RouteMismatch TestRare(in RouteRequest request)
    {
        if (TlsContext is not null && !TlsContext.Matches(request.Info?.Connection))
        {
            return new RouteMismatch(RouteCondition.TlsContext);
        }

        for (var i = 0; i < DynamicMetadata.Length; i++)
        {
            var matches = request.Info is { } info ? DynamicMetadata[i].Matches(info.DynamicMetadata) : DynamicMetadata[i].Matches(MetadataMap.Empty);
            if (!matches)
            {
                return new RouteMismatch(RouteCondition.DynamicMetadata, i);
            }
        }

        for (var i = 0; i < FilterState.Length; i++)
        {
            if (!FilterState[i].Matches(request.Info?.FilterState))
            {
                return new RouteMismatch(RouteCondition.FilterState, i);
            }
        }

        return default;
    }
}

/// <summary>The conditions of a route match.</summary>
internal enum RouteCondition : byte
{
    None,
    RuntimeFraction,
    Grpc,
    Headers,
    QueryParameters,
    Cookies,
    TlsContext,
    DynamicMetadata,
    FilterState,
    Path,
}

/// <summary>Why a route did not match: the condition, and which one where there are several. None: it matched.</summary>
internal readonly record struct RouteMismatch(RouteCondition Condition, int Index = 0);
