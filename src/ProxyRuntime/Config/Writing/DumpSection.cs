using Envoy.Admin.V3;
using Google.Protobuf;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>One part of a dump, or one entry of a part.</summary>
/// <param name="Contents">What stands in the Anys of it.</param>
internal sealed record DumpSection(IMessage Message, AnyContents Contents)
{
    /// <summary>Messages in whose place others are shown; null for none.</summary>
    public IReadOnlyDictionary<IMessage, ProtoMessage>? Replaced { get; init; }

    /// <summary>All of them in Envoy's order.</summary>
    public static IEnumerable<DumpSection> All(RunningConfig config, ConfigDumpQuery query)
    {
        var isShown = query.IsShown ?? (static _ => true);
        yield return BootstrapSection.Of(config);
        yield return ClustersSection.Of(config, isShown);
        if (query.IncludeEds)
        {
            yield return EndpointsSection.Of(config, isShown);
        }

        yield return ListenersSection.Of(config, isShown);
        yield return new DumpSection(new ScopedRoutesConfigDump(), new AnyContents());
        yield return RoutesSection.Of(config, isShown);
        yield return SecretsSection.Of(config, isShown);
    }
}
