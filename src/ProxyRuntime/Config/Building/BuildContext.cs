using Envoy.Extensions.TransportSockets.Tls.V3;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>What the builders of snapshots share: where things were written, and small conversions.</summary>
internal sealed class BuildContext(SourceMap map)
{
    private readonly Dictionary<IMessage, object> built = new(ReferenceEqualityComparer.Instance);

    public SourceMap Map => map;

    /// <summary>node.metadata of the bootstrap; null for none.</summary>
    public Struct? NodeMetadata { get; init; }

    /// <summary>cluster_manager.local_cluster_name of the bootstrap: the cluster the proxy itself is in; empty for none.</summary>
    public string LocalCluster { get; init; } = "";

    /// <summary>Whoever runs it carries bytes: what such drivers cannot do is refused in its place.</summary>
    public bool ForConnections { get; init; }

    /// <summary>Names of static_resources.listeners.</summary>
    public IReadOnlyList<string> StaticListeners { get; init; } = [];

    /// <summary>static_resources.secrets by name.</summary>
    public IReadOnlyDictionary<string, Secret> Secrets { get; init; } = new SortedDictionary<string, Secret>(StringComparer.Ordinal);

    /// <summary>What stands in the Anys of the messages that snapshots keep: that of the map, or as much of it as is to be kept.</summary>
    public AnyContents Kept { get; init; } = map.Contents;

    /// <summary>A message for its snapshot to keep.</summary>
    public ProtoMessage Keep(IMessage message) => new(message, Kept);

    /// <summary>What was built of this very message before, or what is built now.</summary>
    public TResult Shared<TMessage, TResult>(TMessage message, Func<TMessage, TResult> make)
        where TMessage : class, IMessage
        where TResult : class
    {
        if (!built.TryGetValue(message, out var made))
        {
            made = make(message);
            built[message] = made;
        }

        return (TResult)made;
    }

    /// <summary>The content of an extension's typed_config; null, with a problem, when it has no type, a wrong one, or one that is not read here.</summary>
    /// <param name="owner">The message with the typed_config.</param>
    /// <param name="name">The name it goes by.</param>
    /// <param name="typedConfig">Its typed_config.</param>
    /// <param name="category">What the types of such extensions begin with, <c>envoy.extensions.filters.http.</c></param>
    /// <param name="accepted">The types that are supported here.</param>
    public IMessage? Extension(IMessage owner, string name, Any? typedConfig, string category, params ReadOnlySpan<MessageDescriptor> accepted)
    {
        var type = ConfigTypes.NameOf(typedConfig?.TypeUrl ?? "");
        if (!map.IsRefused(typedConfig) && Contains(accepted, type))
        {
            return map.Content(typedConfig);
        }

        Refuse(owner, name, typedConfig, category, Names(accepted));
        return null;
    }

    /// <summary>Refuses an extension that is not read here, as Envoy does where it has none of that type either.</summary>
    /// <param name="accepted">What would be accepted, for the message.</param>
    public void Refuse(IMessage owner, string name, Any? typedConfig, string category, string accepted)
    {
        if (map.IsRefused(typedConfig))
        {
            return; // That is told already.
        }

        var type = ConfigTypes.NameOf(typedConfig?.TypeUrl ?? "");
        if ((ConfigTypes.Find(type) is not null || ConfigTypes.IsKnownToEnvoy(type)) && IsOf(category, type))
        {
            map.Unsupported(owner, "typed_config", $"'{name}' ({type}) is not supported yet; accepted: {accepted}");
        }
        else
        {
            map.Problem(
                owner,
                "typed_config",
                $"Didn't find a registered implementation for '{name}' with type URL: '{typedConfig?.TypeUrl}'; accepted is a typed_config with '@type' {accepted}"
            );
        }
    }

    /// <summary>True for a type of extensions of that category; settings for single routes are none.</summary>
    public static bool IsOf(string category, string type) =>
        type.StartsWith(category, StringComparison.Ordinal)
        && !type.EndsWith("PerRoute", StringComparison.Ordinal)
        && !type.EndsWith("PerRouteConfig", StringComparison.Ordinal);

    /// <summary>Nanoseconds, or the default when there is no duration; at most what fits.</summary>
    public static long Nanoseconds(Duration? duration, long defaultNs)
    {
        if (duration is null)
        {
            return defaultNs;
        }

        return duration.Seconds >= long.MaxValue / MonotonicTime.NanosecondsPerSecond
            ? long.MaxValue
            : (duration.Seconds * MonotonicTime.NanosecondsPerSecond) + duration.Nanos;
    }

    /// <summary>Whole milliseconds, as Envoy reads most durations (the rest is cut off), in nanoseconds; the default when there is no duration.</summary>
    public static long MillisecondsNs(Duration? duration, long defaultNs) => duration is null ? defaultNs : WholeMilliseconds(Nanoseconds(duration, 0));

    /// <summary>As <see cref="MillisecondsNs(Duration?, long)"/>; null when there is no duration.</summary>
    public static long? MillisecondsNs(Duration? duration) => duration is null ? null : MillisecondsNs(duration, 0);

    /// <summary>Something Envoy takes and this program does not yet: refused, so that no run rests on it.</summary>
    public void NotSupported(IMessage owner, string field, string accepted) =>
        map.Unsupported(owner, field, $"'{field}' is not supported yet; accepted: {accepted}");

    /// <summary>Refuses each of these fields that was written.</summary>
    public void NotSupported(IMessage owner, ReadOnlySpan<string> fields, string accepted)
    {
        foreach (var field in fields)
        {
            if (map.Has(owner, field))
            {
                NotSupported(owner, field, accepted);
            }
        }
    }

    private static long WholeMilliseconds(long nanoseconds) => nanoseconds - (nanoseconds % MonotonicTime.NanosecondsPerMillisecond);

    private static bool Contains(ReadOnlySpan<MessageDescriptor> types, string name)
    {
        foreach (var type in types)
        {
            if (type.FullName == name)
            {
                return true;
            }
        }

        return false;
    }

    private static string Names(ReadOnlySpan<MessageDescriptor> types)
    {
        var names = new List<string>(types.Length);
        foreach (var type in types)
        {
            names.Add(type.FullName);
        }

        return string.Join(", ", names);
    }
}
