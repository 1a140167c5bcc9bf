using System.Collections;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>Code points from <paramref name="Lo"/> to <paramref name="Hi"/>, both included.</summary>
internal readonly record struct RuneRange(int Lo, int Hi);

/// <summary>A set of code points, as ranges in order that neither overlap nor touch.</summary>
internal sealed class RuneSet : IEnumerable<RuneRange>
{
    public const int MaxRune = 0x10FFFF;

    private readonly SortedSet<RuneRange> ranges = new(new Disjoint());

    /// <summary>How many code points there are.</summary>
    public int Count { get; private set; }

    public int First => ranges.Min.Lo;

    public bool IsEmpty => Count == 0;

    public bool IsFull => Count == MaxRune + 1;

    public bool Contains(int rune) => ranges.Contains(new RuneRange(rune, rune));

    /// <summary>Whether A to Z are members where a to z are.</summary>
    public bool FoldsAscii
    {
        get
        {
            for (var upper = (int)'A'; upper <= 'Z'; upper++)
            {
                if (Contains(upper) != Contains(upper + 'a' - 'A'))
                {
                    return false;
                }
            }

            return true;
        }
    }

    /// <summary>Adds a range and tells whether the set grew.</summary>
    public bool Add(int lo, int hi)
    {
        if (hi < lo || (ranges.TryGetValue(new RuneRange(lo, lo), out var around) && hi <= around.Hi))
        {
            return false;
        }

        while (ranges.TryGetValue(new RuneRange(lo - 1, hi + 1), out var near))
        {
            _ = ranges.Remove(near);
            Count -= near.Hi - near.Lo + 1;
            lo = Math.Min(lo, near.Lo);
            hi = Math.Max(hi, near.Hi);
        }

        _ = ranges.Add(new RuneRange(lo, hi));
        Count += hi - lo + 1;
        return true;
    }

    /// <summary>Adds a range, and under <see cref="Re2Flags.FoldCase"/> also what differs from its members in case only.</summary>
    public void Add(int lo, int hi, Re2Flags flags)
    {
        if ((flags & Re2Flags.FoldCase) == 0)
        {
            _ = Add(lo, hi);
        }
        else
        {
            CaseFolding.AddFolded(this, lo, hi);
        }
    }

    public void Add(IEnumerable<RuneRange> others)
    {
        foreach (var (lo, hi) in others)
        {
            _ = Add(lo, hi);
        }
    }

    /// <summary>Adds a named class or, if <paramref name="negated"/>, what is not in it.</summary>
    public void Add(IEnumerable<RuneRange> named, bool negated, Re2Flags flags)
    {
        var members = negated ? [] : this;
        foreach (var (lo, hi) in named)
        {
            members.Add(lo, hi, flags);
        }

        if (negated)
        {
            Add(members.Negated());
        }
    }

    public RuneSet Negated()
    {
        var others = new RuneSet();
        var next = 0;
        foreach (var (lo, hi) in ranges)
        {
            _ = others.Add(next, lo - 1);
            next = hi + 1;
        }

        _ = others.Add(next, MaxRune);
        return others;
    }

    public IEnumerator<RuneRange> GetEnumerator() => ranges.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Ranges that overlap count as equal, so that a lookup finds the one around a code point.</summary>
    private sealed class Disjoint : IComparer<RuneRange>
    {
        public int Compare(RuneRange x, RuneRange y) =>
            x.Hi < y.Lo ? -1
            : x.Lo > y.Hi ? 1
            : 0;
    }
}
