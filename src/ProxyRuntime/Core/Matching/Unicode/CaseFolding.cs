namespace MeshSim.ProxyRuntime.Core;

/// <summary>Which code points differ in case only, as of Unicode 15.1 (simple folding): each leads to the next of its letter and the last to the first.</summary>
/// <remarks>Data of CaseFolding.txt © Unicode, Inc., under https://www.unicode.org/license.txt.</remarks>
internal static class CaseFolding
{
    private static readonly Fold[] Folds = Read(Table);

    /// <summary>The next form of a letter, such as k, K and the Kelvin sign in turn; the code point itself if it has no other.</summary>
    public static int Next(int rune)
    {
        var index = IndexFrom(rune);
        return index < Folds.Length && Folds[index].Lo <= rune ? Folds[index].Of(rune) : rune;
    }

    /// <summary>Adds a range and all other forms of what is in it. A range that is there already is taken to have come with its forms.</summary>
    public static void AddFolded(RuneSet set, int lo, int hi)
    {
        if (!set.Add(lo, hi))
        {
            return;
        }

        for (var index = IndexFrom(lo); index < Folds.Length && Folds[index].Lo <= hi; index++)
        {
            var fold = Folds[index];
            var (from, to) = (Math.Max(lo, fold.Lo), Math.Min(hi, fold.Hi));
            if (fold.Pairs)
            {
                AddFolded(set, Math.Min(from, fold.Of(from)), Math.Max(to, fold.Of(to)));
            }
            else
            {
                AddFolded(set, fold.Of(from), fold.Of(to));
            }
        }
    }

    /// <summary>The first entry that does not end before <paramref name="rune"/>.</summary>
    private static int IndexFrom(int rune)
    {
        var (low, high) = (0, Folds.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = Folds[middle].Hi < rune ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    private static Fold[] Read(string table)
    {
        var folds = new List<Fold>();
        foreach (var entry in table.Split((char[])[' ', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries))
        {
            var colon = entry.IndexOf(':', StringComparison.Ordinal);
            var (lo, hi) = PackedRanges.Next(entry.AsSpan(0, colon), folds.Count == 0 ? 0 : folds[^1].Hi);
            folds.Add(
                entry[colon + 1] switch
                {
                    '=' => new Fold(lo, hi, 0, Pairs: true),
                    '~' => new Fold(lo, hi, 1, Pairs: true),
                    '-' => new Fold(lo, hi, -PackedRanges.Hex(entry.AsSpan(colon + 2)), Pairs: false),
                    _ => new Fold(lo, hi, PackedRanges.Hex(entry.AsSpan(colon + 1)), Pairs: false),
                }
            );
        }

        return [.. folds];
    }

    /// <param name="Step">How far the next form is; for pairs whether the first of each is even (0) or odd (1).</param>
    /// <param name="Pairs">Neighbours are forms of each other.</param>
    private readonly record struct Fold(int Lo, int Hi, int Step, bool Pairs)
    {
        public int Of(int rune) =>
            !Pairs ? rune + Step
            : (rune & 1) == Step ? rune + 1
            : rune - 1;
    }

    /// <summary>Ranges as in <see cref="PackedRanges"/>, a colon, and how far the next form is; = and ~ are for pairs that begin even and odd.</summary>
    private const string Table = """
        41+19:20 7+9:-20 1:20bf 1+6:-20 1:10c 1+6:-20 3b:2e7 b+16:20 2+6:20 1:1dbf 1+4:-20 1:2046 1+10:-20 2+6:-20 1:79 1+2f:= 3+5:=
        2+f:~ 2+2d:= 1:-79 1+5:~ 1:-12c 1:c3 1:d2 1+3:= 1:ce 1+1:~ 1+1:cd 1+1:~ 2:4f 1:ca 1:cb 1+1:~ 1:cd 1:cf 1:61 1:d3 1:d1
        1+1:= 1:a3 2:d3 1:d5 1:82 1:d6 1+5:= 1:da 1+1:~ 1:da 3+1:= 1:da 1+1:~ 1+1:d9 1+3:~ 1:db 1+1:= 3+1:= 2:38 5:= 1:~ 1:-2 1:~
        1:= 1:-2 1:= 1:~ 1:-2 1+f:~ 1:-4f 1+11:= 2:~ 1:= 1:-2 1+1:= 1:-61 1:-38 1+27:= 1:-82 2+11:= 7:2a2b 1+1:~ 1:-a3 1:2a28
        1+1:2a3f 1+1:~ 1:-c3 1:45 1:47 1+9:= 1:2a1f 1:2a1c 1:2a1e 1:-d2 1:-ce 2+1:-cd 2:-ca 2:-cb 1:a54f 4:-cd 1:a54b 2:-cf 2:a528
        1:a544 2:-d1 1:-d3 1:a544 1:29f7 1:a541 3:-d3 2:29fd 1:-d5 3:-d6 8:29e7 3:-da 2:a543 1:-da 4:a52a 1:-da 1:-45 1+1:-d9
        1:-47 6:-db b:a515 1:a512 a7:54 2b+3:= 3+1:= 4+2:82 2:74 7:26 2+2:25 2:40 2+1:3f 1:1c43 1+10:20 2:1f 1+7:20 1:-26 1+2:-25
        1:1c33 1:-20 1:1e 1+1:-20 1:40 1+1:-20 1:19 1:1c05 1:36 1:-20 1:-307 1+2:-20 1:16 1:30 1:= 1+2:-20 1:f 1+1:-20 1:1d5d
        1+1:-20 1:-40 1+1:-3f 1:8 1:-3e 1:23 4:-2f 1:-36 1:-8 1+17:= 1:-56 1:-50 1:7 1:-74 1:-5c 1:-60 2+1:~ 1:-7 1+1:= 2+2:-82
        1+f:50 1+1f:20 1+1:-20 1:184e 1:-20 1:184d 1+8:-20 1:1844 1+1:-20 1+1:1842 1+6:-20 1:183c 1+4:-20 1+f:-50 1+2:= 1:1824
        1+1d:= 9+35:= 1:f 1+d:~ 1:-f 1+5f:= 2+25:30 b+25:-30 b1a+25:1c60 2:1c60 6:1c60 3+2a:bc0 3+2:bc0 2a1+4f:97d0 1+5:8 3+5:-8
        883:-186e 1:-186d 1:-1864 1:-1862 1:= 1:-1863 1:-185c 1:-1825 1:89c2 8+2a:-bc0 3+2:-bc0 ba:8a04 4:ee6 11:8a38 72+60:= 1:3a
        1+33:= 6:-3b 3:-1dbf 2+5f:= 1+7:8 1+7:-8 1+5:8 3+5:-8 3+7:8 1+7:-8 1+7:8 1+7:-8 1+5:8 3+5:-8 4:8 2:8 2:8 2:8 2:-8 2:-8
        2:-8 2:-8 1+7:8 1+7:-8 1+1:4a 1+3:56 1+1:64 1+1:80 1+1:70 1+1:7e 3+7:8 1+7:-8 1+7:8 1+7:-8 1+7:8 1+7:-8 1+1:8 2:9 5+1:-8
        1+1:-4a 1:-9 2:-1c79 5:9 5+3:-56 1:-9 4+1:8 2:-1c43 5+1:-8 1+1:-64 5+1:8 2:-1c33 2:7 3+1:-8 1+1:-70 1:-7 7:9 5+1:-80
        1+1:-7e 1:-9 12a:-1d7d 4:-20df 1:-2066 7:1c 1c:-1c 12+f:10 1+f:-10 4+1:~ 332+19:1a 1+19:-1a 717+2f:30 1+2f:-30 1+1:=
        1:-29f7 1:-ee6 1:-29e7 1:-2a2b 1:-2a28 1+5:~ 1:-2a1c 1:-29fd 1:-2a1f 1:-2a1e 2+1:= 2+1:~ 8+1:-2a3f 1+63:= 8+3:~ 4+1:=
        d+25:-1c60 2:-1c60 6:-1c60 7913+a:= 1:-89c3 1+21:= 13+1b:= 87+d:= 3+3d:= a+3:~ 1:-8a04 1+9:= 4+1:~ 1:-a528 3+3:= 1:30
        2+13:= 1:-a544 1:-a54f 1:-a54b 1:-a541 1:-a544 2:-a512 1:-a52a 1:-a515 1:3a0 1+f:= 1:-30 1:-a543 1:-8a38 1+3:~ 6+1:= 5+3:=
        1c+1:~ 35d:-3a0 1d+4f:-97d0 4f46+1:~ 41b+19:20 7+19:-20 4a6+27:28 1+27:-28 61+23:28 5+23:-28 75+a:27 2+e:27 2+6:27 2+1:27
        2+a:-27 2+e:-27 2+6:-27 2+1:-27 6c4+32:40 e+32:-40 bae+1f:20 1+1f:-20 5561+1f:20 1+1f:-20 7a81+21:22 1+21:-22
        """;
}
