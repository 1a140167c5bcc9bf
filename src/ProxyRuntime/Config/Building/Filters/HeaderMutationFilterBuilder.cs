using Envoy.Config.Core.V3;
using Envoy.Extensions.Filters.Http.HeaderMutation.V3;
using MeshSim.ProxyRuntime.Core;
using FilterMessage = Envoy.Extensions.Filters.Http.HeaderMutation.V3.HeaderMutation;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>envoy.filters.http.header_mutation.</summary>
internal sealed class HeaderMutationFilterBuilder(BuildContext context)
{
    private readonly HeaderMutationBuilder mutations = new(context);

    public HeaderMutationSettings Build(FilterMessage filter) => new(Build(filter.Mutations), filter.MostSpecificHeaderMutationsWins);

    public HeaderMutationRouteSettings BuildPerRoute(HeaderMutationPerRoute route) => new(Build(route.Mutations));

    private MessageMutations Build(Mutations? message) =>
        message is null
            ? MessageMutations.None
            : new MessageMutations
            {
                Request = mutations.List(message.RequestMutations),
                Query = [.. message.QueryParameterMutations.Select(Query).OfType<QueryParameterMutation>()],
                RequestTrailers = mutations.List(message.RequestTrailersMutations),
                Response = mutations.List(message.ResponseMutations),
                ResponseTrailers = mutations.List(message.ResponseTrailersMutations),
            };

    /// <summary>One parameter; null where the checks have something to say.</summary>
    private QueryParameterMutation? Query(KeyValueMutation mutation)
    {
        if (mutation.Append is not { } append)
        {
            return mutation.Remove.Length > 0 ? new QueryParameterMutation(mutation.Remove, null) : null;
        }

        return
            append.Record is { Value.HasStringValue: true } record && new FormatBuilder(context).Text(record, "value", record.Value.StringValue) is { } format
            ? new QueryParameterMutation(record.Key, format, (AppendAction)(int)append.Action)
            : null;
    }
}
