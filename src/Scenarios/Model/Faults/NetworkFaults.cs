using System.Collections.Immutable;
using System.Globalization;

namespace MeshSim.Scenarios.Model;

/// <summary>Which links a fault of the network is about. Names are those of services, proxies and zones.</summary>
/// <param name="Of">Links to and from pods with one of these names; empty for all.</param>
/// <param name="Groups">Links from a pod of one group to a pod of another; empty where <paramref name="Of"/> says which.</param>
public sealed record LinkScope(ImmutableArray<string> Of, ImmutableArray<ImmutableArray<string>> Groups)
{
    /// <param name="one">The names of the pod a message comes from.</param>
    /// <param name="other">Those of the pod it goes to.</param>
    public bool Concerns(IReadOnlyCollection<string> one, IReadOnlyCollection<string> other)
    {
        if (Groups.IsEmpty)
        {
            return Of.IsEmpty || Of.Any(name => one.Contains(name, StringComparer.Ordinal) || other.Contains(name, StringComparer.Ordinal));
        }

        var (from, to) = (GroupOf(one), GroupOf(other));
        return from >= 0 && to >= 0 && from != to;
    }

    public override string ToString() =>
        Groups.IsEmpty ? (Of.IsEmpty ? "all links" : string.Join(", ", Of)) : string.Join(" | ", Groups.Select(static group => string.Join(", ", group)));

    private int GroupOf(IReadOnlyCollection<string> names)
    {
        for (var i = 0; i < Groups.Length; i++)
        {
            if (Groups[i].Any(name => names.Contains(name, StringComparer.Ordinal)))
            {
                return i;
            }
        }

        return -1;
    }
}

/// <summary>Something is wrong with links.</summary>
public abstract record NetworkFault(LinkScope Scope, long FromNs, long UntilNs) : Fault("", [], FromNs, UntilNs);

/// <summary>Messages take longer.</summary>
public sealed record LatencyFault(LinkScope Scope, TimeModel Added, long FromNs, long UntilNs) : NetworkFault(Scope, FromNs, UntilNs)
{
    public override string Description => $"latency: {Scope}";
}

/// <summary>A share of the messages is lost and sent again.</summary>
public sealed record LossFault(LinkScope Scope, double Share, long FromNs, long UntilNs) : NetworkFault(Scope, FromNs, UntilNs)
{
    public override string Description => string.Create(CultureInfo.InvariantCulture, $"{100 * Share:0.#}% lost: {Scope}");
}

/// <summary>Nothing passes. What is sent meanwhile is sent again and again, and passes when it is over.</summary>
public sealed record PartitionFault(LinkScope Scope, long FromNs, long UntilNs) : NetworkFault(Scope, FromNs, UntilNs)
{
    public override string Description => $"cut: {Scope}";
}

/// <summary>Names are not resolved.</summary>
/// <param name="Name">The service's or proxy's name; empty for all names.</param>
public sealed record DnsFault(string Name, long FromNs, long UntilNs) : Fault("", [], FromNs, UntilNs)
{
    public override string Description => Name.Length == 0 ? "no DNS" : $"no DNS for {Name}";
}
