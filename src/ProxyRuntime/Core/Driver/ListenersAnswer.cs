using System.Collections.Immutable;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>What came of reading the listeners of a proxy once.</summary>
/// <param name="Outcome">Whether there is something to take over.</param>
/// <param name="Version">version_info of the response.</param>
/// <param name="Names">Every listener the response names, also those that are refused: one that is not among them goes.</param>
/// <param name="Listeners">Those that can be taken over. No two have one address, nor has one that stays.</param>
public sealed record ListenersAnswer(ListenersOutcome Outcome, string Version, ImmutableArray<string> Names, ImmutableArray<ListenerSnapshot> Listeners)
{
    /// <summary>It could not be read.</summary>
    public static readonly ListenersAnswer Failure = new(ListenersOutcome.Failed, "", [], []);

    /// <summary>It was read, and is not what may stand there.</summary>
    public static readonly ListenersAnswer Rejection = new(ListenersOutcome.Rejected, "", [], []);

    /// <summary>The response as text, for recordings.</summary>
    public string Text { get; init; } = "";

    /// <summary>Without those of the listeners that cannot be opened.</summary>
    public ListenersAnswer Without(IReadOnlySet<string> names) =>
        names.Count == 0
            ? this
            : this with
            {
                Outcome = ListenersOutcome.PartlyRefused,
                Listeners = Listeners.RemoveAll(listener => names.Contains(listener.Name)),
            };
}

public enum ListenersOutcome : byte
{
    /// <summary>Every listener of the response is taken over.</summary>
    Accepted,

    /// <summary>Some are taken over, others refused: those stay as they were.</summary>
    PartlyRefused,

    /// <summary>A response that is refused as a whole.</summary>
    Rejected,

    /// <summary>No response at all.</summary>
    Failed,
}
