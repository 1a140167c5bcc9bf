using Google.Protobuf;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>How much the things that many refer to by name may stand for in all, so that a short dump cannot grow without bound.</summary>
/// <remarks>The first reference is free: that much stands in the dump itself.</remarks>
/// <param name="map">Where the one problem is noted.</param>
/// <param name="what">What is shared, <c>routes</c>.</param>
internal sealed class ShareBudget(SourceMap map, string what)
{
    public const int Max = 1_000_000;

    private readonly HashSet<string> used = new(StringComparer.Ordinal);
    private long left = Max;

    /// <summary>False, with a problem at the first reference that is too much, if the budget is spent.</summary>
    /// <param name="owner">The message with the reference.</param>
    /// <param name="field">The field with the reference.</param>
    /// <param name="name">What is referred to.</param>
    /// <param name="size">How much it stands for.</param>
    public bool TryTake(IMessage owner, string field, string name, int size)
    {
        if (used.Add(name))
        {
            return true;
        }

        var isFirst = left >= 0;
        left -= size;
        if (left < 0 && isFirst)
        {
            map.Problem(owner, field, $"names that are referred to more than once stand for more than {Max} {what}");
        }

        return left >= 0;
    }
}
