using System.Collections.Immutable;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>Which protocol a server agrees on: the first of its own that the client offers. With nothing in common the handshake goes on without one.</summary>
public static class AlpnSelection
{
    /// <returns>Null for none.</returns>
    public static string? Choose(ImmutableArray<string> own, IReadOnlyList<string> offered)
    {
        foreach (var protocol in own)
        {
            if (offered.Contains(protocol, StringComparer.Ordinal))
            {
                return protocol;
            }
        }

        return null;
    }
}
