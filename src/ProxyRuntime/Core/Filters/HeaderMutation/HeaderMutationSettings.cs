using System.Collections.Immutable;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>envoy.extensions.filters.http.header_mutation.v3.HeaderMutation.</summary>
/// <param name="Mutations">mutations: done before those of routes, virtual hosts and tables.</param>
/// <param name="MostSpecificWins">most_specific_header_mutations_wins: table, virtual host, route. Default false: the other way round.</param>
public sealed record HeaderMutationSettings(MessageMutations Mutations, bool MostSpecificWins = false) : IHttpFilterSettings;

/// <summary>HeaderMutationPerRoute: done by the filter after its own mutations; those of all levels, not only of the most specific.</summary>
public sealed record HeaderMutationRouteSettings(MessageMutations Mutations) : IRouteFilterSettings;

/// <summary>Mutations: what is changed in requests and responses.</summary>
public sealed record MessageMutations
{
    public static readonly MessageMutations None = new();

    /// <summary>request_mutations.</summary>
    public HeaderMutationList Request { get; init; } = HeaderMutationList.None;

    /// <summary>query_parameter_mutations: done after those of the headers; the query is taken apart and written anew.</summary>
    public ImmutableArray<QueryParameterMutation> Query { get; init; } = [];

    /// <summary>request_trailers_mutations.</summary>
    public HeaderMutationList RequestTrailers { get; init; } = HeaderMutationList.None;

    /// <summary>response_mutations.</summary>
    public HeaderMutationList Response { get; init; } = HeaderMutationList.None;

    /// <summary>response_trailers_mutations.</summary>
    public HeaderMutationList ResponseTrailers { get; init; } = HeaderMutationList.None;
}

/// <summary>KeyValueMutation for a query parameter.</summary>
/// <param name="Name">Which parameter; upper and lower case differ.</param>
/// <param name="Value">Its new value, an operator without a value counting as empty; null: the parameter is removed.</param>
/// <param name="Action">append.action. Default APPEND_IF_EXISTS_OR_ADD.</param>
public sealed record QueryParameterMutation(string Name, SubstitutionFormat? Value, AppendAction Action = AppendAction.AppendIfExistsOrAdd);
