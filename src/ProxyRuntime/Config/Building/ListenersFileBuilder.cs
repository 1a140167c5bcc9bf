using System.Collections.Immutable;
using Envoy.Config.Listener.V3;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>Listeners that discovery brings, among those that are there already.</summary>
/// <param name="current">The listeners that the proxy has.</param>
internal sealed class ListenersFileBuilder(BuildContext context, ImmutableArray<ListenerSnapshot> current)
{
    private readonly HashSet<string> configured = new(context.StaticListeners, StringComparer.Ordinal);
    private readonly SortedDictionary<string, string> addresses = new(StringComparer.Ordinal);

    /// <summary>One for each; null, with a problem, for one that cannot be built. What is wrong elsewhere in one is a problem, too.</summary>
    public List<ListenerSnapshot?> BuildAll(IReadOnlyList<Listener> listeners)
    {
        var builder = new ListenerBuilder(context);
        var built = listeners.Select(builder.Build).ToList();
        var names = new HashSet<string>(listeners.Select(ListenerBuilder.NameOf), StringComparer.Ordinal);
        foreach (var known in current.Where(known => configured.Contains(known.Name) || IsKept(known, names, built)))
        {
            addresses[known.Address.Text] = known.Name;
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < built.Count; i++)
        {
            Check(listeners[i], built[i], isFirst: seen.Add(ListenerBuilder.NameOf(listeners[i])));
        }

        return built;
    }

    /// <summary>It is in the file, but what stands there cannot be built.</summary>
    private static bool IsKept(ListenerSnapshot known, HashSet<string> names, List<ListenerSnapshot?> built) =>
        names.Contains(known.Name) && !built.Exists(listener => listener?.Name == known.Name);

    private void Check(Listener listener, ListenerSnapshot? built, bool isFirst)
    {
        var name = ListenerBuilder.NameOf(listener);
        if (configured.Contains(name))
        {
            context.Map.Warn(listener, "name", $"'{name}' is a listener of static_resources, which nothing replaces: what stands here has no effect");
        }
        else if (!isFirst)
        {
            context.Map.Problem(listener, "name", $"duplicate listener {name} found");
        }
        else if (built is { Address.Port: not 0 } && !addresses.TryAdd(built.Address.Text, name) && addresses[built.Address.Text] != name)
        {
            context.Map.Problem(
                listener,
                "address",
                $"error adding listener: '{name}' has duplicate address '{built.Address.Text}' as existing listener '{addresses[built.Address.Text]}'"
            );
        }
    }
}
