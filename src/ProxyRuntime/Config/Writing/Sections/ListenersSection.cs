using Envoy.Admin.V3;
using Envoy.Config.Listener.V3;
using Google.Protobuf;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>Listeners: those of the configuration, and those that discovery brought with every state they have.</summary>
internal static class ListenersSection
{
    public static DumpSection Of(RunningConfig config, Func<string, bool> isShown)
    {
        var dump = new ListenersConfigDump { VersionInfo = config.ListenersVersion };
        var contents = new AnyContents();
        var dynamic = new Dictionary<string, ListenersConfigDump.Types.DynamicListener>(StringComparer.Ordinal);
        foreach (var status in config.Listeners.Where(status => isShown(status.Listener.Name)))
        {
            if (status.IsConfigured)
            {
                dump.StaticListeners.Add(
                    new ListenersConfigDump.Types.StaticListener
                    {
                        Listener = contents.Pack(MessageOf(status.Listener)),
                        LastUpdated = ProtoTimes.Milliseconds(status.UpdatedUnixNs),
                    }
                );
                continue;
            }

            if (!dynamic.TryGetValue(status.Listener.Name, out var entry))
            {
                dynamic[status.Listener.Name] = entry = new ListenersConfigDump.Types.DynamicListener { Name = status.Listener.Name };
                dump.DynamicListeners.Add(entry);
            }

            SetState(entry, status, contents);
        }

        return new DumpSection(dump, contents) { Replaced = RoutesInPlace(config) };
    }

    private static void SetState(ListenersConfigDump.Types.DynamicListener entry, ListenerStatus status, AnyContents contents)
    {
        var state = new ListenersConfigDump.Types.DynamicListenerState
        {
            VersionInfo = status.Version,
            Listener = contents.Pack(MessageOf(status.Listener)),
            LastUpdated = ProtoTimes.Milliseconds(status.UpdatedUnixNs),
        };
        switch (status.Phase)
        {
            case ListenerPhase.Active:
                entry.ActiveState = state;
                break;
            case ListenerPhase.Warming:
                entry.WarmingState = state;
                break;
            default:
                entry.DrainingState = state;
                break;
        }
    }

    /// <summary>A table that stands in a listener is shown there as it is now.</summary>
    private static Dictionary<IMessage, ProtoMessage> RoutesInPlace(RunningConfig config)
    {
        var replaced = new Dictionary<IMessage, ProtoMessage>(ReferenceEqualityComparer.Instance);
        foreach (var (configured, routes, _) in config.RouteConfigs)
        {
            if (!ReferenceEquals(configured, routes) && configured.Message is ProtoMessage former && routes.Message is ProtoMessage now)
            {
                replaced[former.Message] = now;
            }
        }

        return replaced;
    }

    private static ProtoMessage MessageOf(ListenerSnapshot listener) =>
        listener.Message as ProtoMessage ?? new ProtoMessage(new Listener { Name = listener.Name }, new AnyContents());
}
