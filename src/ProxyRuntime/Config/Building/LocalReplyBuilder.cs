using Envoy.Extensions.Filters.Network.HttpConnectionManager.V3;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>local_reply_config.</summary>
internal sealed class LocalReplyBuilder(BuildContext context)
{
    private readonly FormatBuilder formats = new(context);

    public LocalReplySnapshot? Build(LocalReplyConfig? config) =>
        config is null ? null : new LocalReplySnapshot([.. config.Mappers.Select(Mapper).OfType<LocalReplyMapper>()], formats.Body(config.BodyFormat));

    private LocalReplyMapper? Mapper(ResponseMapper mapper) =>
        mapper.Filter is not null && new AccessLogFilterBuilder(context).Build(mapper.Filter) is { } filter
            ? new LocalReplyMapper(
                filter,
                (int?)mapper.StatusCode,
                mapper.Body is null ? null : new DataSourceReader(context).Read(mapper, "body", mapper.Body),
                formats.Body(mapper.BodyFormatOverride),
                new HeaderMutationBuilder(context).Build(mapper.HeadersToAdd, [])
            )
            : null;
}
