namespace MeshSim.ProxyRuntime.Core;

/// <summary>Merges structs and remembers what came of the last few: requests mostly merge the same values, one after the other.</summary>
internal sealed class MetadataMerges
{
    private readonly (MetadataValue? Former, MetadataValue? Over, MetadataValue Merged)[] known = new (MetadataValue?, MetadataValue?, MetadataValue)[4];
    private int next;

    /// <summary>A struct with the fields of another laid over it.</summary>
    public MetadataValue Merge(MetadataValue former, MetadataValue over)
    {
        foreach (var merge in known)
        {
            if (ReferenceEquals(merge.Former, former) && ReferenceEquals(merge.Over, over))
            {
                return merge.Merged;
            }
        }

        var merged = former.Merge(over);
        known[next] = (former, over, merged);
        next = (next + 1) % known.Length;
        return merged;
    }
}
