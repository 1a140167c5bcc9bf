using System.Collections.Immutable;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>The audiences of a provider, or of provider_and_audiences: a token has to name one of them. None means that any token passes.</summary>
/// <remarks>Compared without <c>http://</c> or <c>https://</c> in front and without one slash at the end, which are easily got wrong.</remarks>
internal sealed class JwtAudiences
{
    private readonly ImmutableArray<string> allowed;

    public JwtAudiences(ImmutableArray<string> audiences) => allowed = [.. audiences.Select(audience => Bare(audience).ToString())];

    public bool Allow(Jwt jwt)
    {
        if (allowed.IsEmpty)
        {
            return true;
        }

        foreach (var audience in jwt.Audiences)
        {
            foreach (var candidate in allowed)
            {
                if (Bare(audience).SequenceEqual(candidate))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static ReadOnlySpan<char> Bare(ReadOnlySpan<char> audience)
    {
        var bare = audience;
        if (bare.StartsWith("http://"))
        {
            bare = bare["http://".Length..];
        }
        else if (bare.StartsWith("https://"))
        {
            bare = bare["https://".Length..];
        }

        return bare.EndsWith("/") ? bare[..^1] : bare;
    }
}
