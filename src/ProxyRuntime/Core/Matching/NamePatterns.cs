using System.Collections.Immutable;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>ListStringMatcher: fits a text if one of its patterns does; without patterns it fits none.</summary>
public sealed record NamePatterns(ImmutableArray<StringMatcher> Patterns)
{
    public static readonly NamePatterns None = new([]);

    /// <summary>Patterns that fit just these texts.</summary>
    public static NamePatterns OfExact(params ReadOnlySpan<string> texts)
    {
        var patterns = ImmutableArray.CreateBuilder<StringMatcher>(texts.Length);
        foreach (var text in texts)
        {
            patterns.Add(StringMatcher.Of(StringMatch.Exact, text));
        }

        return new NamePatterns(patterns.MoveToImmutable());
    }

    public NamePatterns With(NamePatterns more) => new(Patterns.AddRange(more.Patterns));

    public bool Matches(ReadOnlySpan<byte> text)
    {
        foreach (var pattern in Patterns)
        {
            if (pattern.Matches(text))
            {
                return true;
            }
        }

        return false;
    }
}
