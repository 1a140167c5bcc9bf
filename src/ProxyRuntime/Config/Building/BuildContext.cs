using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>What the builders of snapshots share: where things were written, and small conversions.</summary>
internal sealed class BuildContext(SourceMap map)
{
    public SourceMap Map => map;

    /// <summary>The content of an extension's typed_config; null, with a problem, when it has no type.</summary>
    public IMessage? Extension(IMessage owner, string name, Any? typedConfig)
    {
        if (typedConfig is null || typedConfig.TypeUrl.Length == 0)
        {
            map.Problem(
                owner,
                "typed_config",
                $"Didn't find a registered implementation for '{name}' with type URL: ''; accepted is a typed_config with '@type'"
            );
            return null;
        }

        return map.Content(typedConfig);
    }

    /// <summary>Nanoseconds, or the default when the field was not written. Negative durations are refused.</summary>
    public long Nanoseconds(IMessage owner, string field, Duration? duration, long defaultNs)
    {
        if (duration is null)
        {
            return defaultNs;
        }

        if (duration.Seconds < 0 || duration.Nanos < 0)
        {
            map.Problem(owner, field, $"Invalid duration: Expected positive duration, found {duration.Seconds}s");
            return defaultNs;
        }

        return duration.Seconds > long.MaxValue / MonotonicTime.NanosecondsPerSecond
            ? long.MaxValue
            : (duration.Seconds * MonotonicTime.NanosecondsPerSecond) + duration.Nanos;
    }

    /// <summary>Something Envoy takes and this program does not yet: refused, so that no run rests on it.</summary>
    public void NotSupported(IMessage owner, string field, string accepted) =>
        map.Unsupported(owner, field, $"'{field}' is not supported yet; accepted: {accepted}");
}
