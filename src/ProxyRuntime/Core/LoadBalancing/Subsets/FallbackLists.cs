using System.Collections.Immutable;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>metadata_fallback_policy FALLBACK_LIST: the wishes of a request in turn. What came of the last few requests is remembered.</summary>
internal sealed class FallbackLists
{
    private const string Key = "fallback_list";

    private readonly (MetadataValue? Match, ImmutableArray<MetadataValue> Wishes)[] known = new (MetadataValue?, ImmutableArray<MetadataValue>)[4];
    private int next;

    /// <summary>Each item of the request's list laid over what else it says; the request itself if it has no list.</summary>
    public ImmutableArray<MetadataValue> Of(MetadataValue match)
    {
        foreach (var (remembered, wishes) in known)
        {
            if (ReferenceEquals(remembered, match))
            {
                return wishes;
            }
        }

        var made = Make(match);
        known[next] = (match, made);
        next = (next + 1) % known.Length;
        return made;
    }

    private static ImmutableArray<MetadataValue> Make(MetadataValue match)
    {
        if (match.Field(Key) is not { } list)
        {
            return [match];
        }

        var rest = MetadataValue.Of(match.Fields.Where(static field => field.Key != Key));
        return list.Items.IsEmpty ? [rest] : [.. list.Items.Select(rest.Merge)];
    }
}
