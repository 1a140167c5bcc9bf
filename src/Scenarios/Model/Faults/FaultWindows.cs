namespace MeshSim.Scenarios.Model;

/// <summary>Whether any of some faults acts, asked in the order of time; a question that goes back is answered too, but looks at all.</summary>
internal sealed class FaultWindows
{
    private readonly (long FromNs, long UntilNs)[] windows;
    private int first;
    private long askedNs = long.MinValue;

    public FaultWindows(IEnumerable<Fault> faults) =>
        windows = [.. Joined(faults.Select(static fault => (fault.FromNs, fault.UntilNs)).Where(static w => w.FromNs < w.UntilNs).Order())];

    public bool Acts(long nowNs)
    {
        if (windows.Length == 0)
        {
            return false;
        }

        first = nowNs < askedNs ? 0 : first;
        askedNs = nowNs;
        while (first < windows.Length && windows[first].UntilNs <= nowNs)
        {
            first++;
        }

        return first < windows.Length && windows[first].FromNs <= nowNs;
    }

    /// <summary>What overlaps becomes one.</summary>
    private static IEnumerable<(long FromNs, long UntilNs)> Joined(IEnumerable<(long FromNs, long UntilNs)> sorted)
    {
        (long FromNs, long UntilNs)? open = null;
        foreach (var window in sorted)
        {
            if (open is { } last && window.FromNs <= last.UntilNs)
            {
                open = (last.FromNs, Math.Max(last.UntilNs, window.UntilNs));
                continue;
            }

            if (open is { } done)
            {
                yield return done;
            }

            open = window;
        }

        if (open is { } end)
        {
            yield return end;
        }
    }
}
