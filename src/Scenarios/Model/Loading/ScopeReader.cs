using System.Collections.Immutable;
using MeshSim.ProxyRuntime.Config;

namespace MeshSim.Scenarios.Model;

/// <summary>Reads which links a fault of the network is about.</summary>
internal static class ScopeReader
{
    public static LinkScope Read(FieldReader fields)
    {
        var of = fields.Texts("of", "links to and from these: names of services, proxies, zones; all links where neither is given");
        var groups = fields.Has("between") || fields.IsDescribing ? Groups(fields, "between", required: false) : [];
        if (!of.IsEmpty && !groups.IsEmpty)
        {
            fields.Problem("between", "give 'of' or 'between'");
        }

        return new LinkScope(of, groups);
    }

    public static LinkScope ReadGroups(FieldReader fields) => new([], Groups(fields, "between", required: true));

    /// <summary><c>[a, b]</c>, or <c>[[a, b], [c]]</c>.</summary>
    private static ImmutableArray<ImmutableArray<string>> Groups(FieldReader fields, string name, bool required)
    {
        var groups = ImmutableArray.CreateBuilder<ImmutableArray<string>>();
        foreach (var item in fields.List(name, required, "links between groups: each a name, or a list of names, of services, proxies or zones"))
        {
            groups.Add(
                item is ConfigSequence list ? [.. list.Items.OfType<ConfigScalar>().Select(static one => one.Text)] : [(item as ConfigScalar)?.Text ?? ""]
            );
        }

        if (groups.Count == 1)
        {
            fields.Problem(name, "at least two groups are needed, for example [a, [b, c]]");
        }

        return groups.ToImmutable();
    }
}
