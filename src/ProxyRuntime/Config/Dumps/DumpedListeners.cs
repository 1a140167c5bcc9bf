using Envoy.Admin.V3;
using Envoy.Config.Listener.V3;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>The listeners of a dump.</summary>
internal sealed class DumpedListeners(SourceMap map, DumpContents contents, DumpNotes notes)
{
    /// <summary>Static and active ones.</summary>
    public IEnumerable<Listener> Running(IEnumerable<ListenersConfigDump> sections)
    {
        List<Listener?> running = [];
        foreach (var section in sections)
        {
            running.AddRange(section.StaticListeners.Select(entry => contents.Need<Listener>(entry, "listener")));
            running.AddRange(section.DynamicListeners.Select(Active));
        }

        return running.OfType<Listener>();
    }

    private Listener? Active(ListenersConfigDump.Types.DynamicListener entry)
    {
        if (entry.WarmingState is not null)
        {
            map.Warn(entry, "warming_state", $"listener '{entry.Name}' is warming: it takes no connections yet, and this state of it is left out");
        }

        if (entry.DrainingState is not null)
        {
            map.Warn(entry, "draining_state", $"listener '{entry.Name}' is draining: it takes no new connections, and this state of it is left out");
        }

        notes.Refused(entry, entry.ErrorState, entry.Name.Length > 0 ? $"listener '{entry.Name}'" : "listeners");
        if (entry.ActiveState is { } active)
        {
            return contents.Need<Listener>(active, "listener");
        }

        if (entry is { WarmingState: null, DrainingState: null, ErrorState: null })
        {
            map.Problem(entry, "active_state", $"listener '{entry.Name}' has no state here, as in a dump taken with ?mask=; {WholeDump.Advice}");
        }

        return null;
    }
}
