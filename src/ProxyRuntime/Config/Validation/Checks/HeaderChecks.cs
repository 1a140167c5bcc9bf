using Envoy.Config.Core.V3;
using Google.Protobuf;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>Headers that a configuration adds or takes away.</summary>
internal static class HeaderChecks
{
    public static void CheckAdded(SourceMap map, IEnumerable<HeaderValueOption> added)
    {
        foreach (var header in added.Select(static option => option.Header).OfType<HeaderValue>())
        {
            if (IsProtected(header.Key))
            {
                map.Problem(header, "key", $":-prefixed or host headers may not be modified, '{header.Key}' is one");
            }

            if (FormatCheck.Refusal(HeaderFormatText.Translate(header.Value)) is { } error)
            {
                map.Problem(header, "value", error);
            }
        }
    }

    public static void CheckRemoved(SourceMap map, IMessage owner, string field, IReadOnlyList<string> removed)
    {
        for (var i = 0; i < removed.Count; i++)
        {
            if (IsProtected(removed[i]))
            {
                map.Problem(owner, field, i, $":-prefixed or host headers may not be removed, '{removed[i]}' is one");
            }
        }
    }

    public static bool IsModifiable(string name) => !IsProtected(name);

    private static bool IsProtected(string name) => name.StartsWith(':') || name.Equals("host", StringComparison.OrdinalIgnoreCase);
}
