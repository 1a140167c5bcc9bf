using Envoy.Admin.V3;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>The parts of a dump by type: one for clusters, one for listeners and so on.</summary>
internal sealed class DumpSections
{
    private static readonly MessageDescriptor[] Known =
    [
        BootstrapConfigDump.Descriptor,
        ClustersConfigDump.Descriptor,
        EndpointsConfigDump.Descriptor,
        ListenersConfigDump.Descriptor,
        ScopedRoutesConfigDump.Descriptor,
        RoutesConfigDump.Descriptor,
        SecretsConfigDump.Descriptor,
        EcdsConfigDump.Descriptor,
    ];

    private readonly ILookup<string, Any> byType;
    private readonly SourceMap map;
    private readonly DumpContents contents;

    public DumpSections(SourceMap map, DumpContents contents, ConfigDump dump)
    {
        this.map = map;
        this.contents = contents;
        byType = dump.Configs.ToLookup(static any => ConfigTypes.NameOf(any.TypeUrl), StringComparer.Ordinal);
        foreach (var any in dump.Configs)
        {
            CheckType(any);
        }

        CheckMissing(dump);
    }

    public bool Has(MessageDescriptor type) => byType.Contains(type.FullName);

    /// <summary>The sections of a type, unread.</summary>
    public IEnumerable<Any> Unread(MessageDescriptor type) => byType[type.FullName];

    /// <summary>The sections of a type; a dump has one, or none.</summary>
    public IEnumerable<T> All<T>()
        where T : class, IMessage, new() => byType[new T().Descriptor.FullName].Select(any => contents.Read<T>(any)!);

    private void CheckType(Any any)
    {
        var name = ConfigTypes.NameOf(any.TypeUrl);
        if (Array.Exists(Known, type => type.FullName == name))
        {
            return;
        }

        // ?resource=dynamic_listeners gives the entries of a section without saying whether they are active.
        var isEntry = Array.Exists(Known, type => name.StartsWith($"{type.FullName}.", StringComparison.Ordinal));
        var names = Known.Select(static type => type.FullName);
        var (node, path) = contents.SourceOf(any);
        map.Problem(
            node.Entries.FirstOrDefault(static entry => entry.Key == "@type")?.Value.Place ?? node.Place,
            path.Field("@type"),
            isEntry
                ? $"'{name}' is one entry of a dump, as ?resource= gives it; {WholeDump.Advice}"
                : $"'{any.TypeUrl}' is no part of a dump that is read here{NearestWord.Suggest(name, names)}; accepted: {string.Join(", ", names)}"
        );
    }

    private void CheckMissing(ConfigDump dump)
    {
        string[] missing =
        [
            .. new[] { BootstrapConfigDump.Descriptor, ClustersConfigDump.Descriptor, ListenersConfigDump.Descriptor }
                .Where(type => !Has(type))
                .Select(static type => type.Name),
        ];
        var (place, path) = map.Of(dump).At("configs");
        if (missing.Length == 3 && map.Problems.Count == 0)
        {
            map.Problem(place, path, $"the dump has neither a bootstrap nor clusters nor listeners; {WholeDump.Advice}");
        }
        else if (missing.Length is 1 or 2)
        {
            map.Warn(place, path, $"the dump has no {string.Join(" and no ", missing)}: what would stand there is not known; {WholeDump.Advice}");
        }
    }
}
