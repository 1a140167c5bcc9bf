using System.Collections.Immutable;
using Envoy.Config.Route.V3;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>typed_per_filter_config of a table, virtual host, route or weighted cluster.</summary>
internal sealed class PerFilterConfigBuilder(BuildContext context)
{
    private const string Field = "typed_per_filter_config";

    public PerFilterConfig Build(IMessage owner, IReadOnlyDictionary<string, Any> configs)
    {
        var entries = ImmutableArray.CreateBuilder<PerFilterEntry>(configs.Count);
        foreach (var (filter, any) in configs.OrderBy(static entry => entry.Key, StringComparer.Ordinal))
        {
            if (Entry(owner, filter, any) is { } entry)
            {
                entries.Add(entry);
            }
        }

        return entries.Count == 0 ? PerFilterConfig.None : new PerFilterConfig(entries.ToImmutable());
    }

    private PerFilterEntry? Entry(IMessage owner, string filter, Any any)
    {
        if (context.Map.Content(any) is not FilterConfig config)
        {
            return Settings(owner, filter, any);
        }

        if (config.Disabled)
        {
            return new PerFilterEntry(filter, null, Disabled: true);
        }

        if (config.Config is null)
        {
            context.Map.Problem(config, "config", $"Empty route/virtual host per filter configuration for {filter} filter");
            return null;
        }

        return config.Config.TypeUrl.Length == 0 ? new PerFilterEntry(filter, null, Disabled: false) : Settings(config, filter, config.Config);
    }

    /// <summary>A filter that is configured is switched on with it.</summary>
    private PerFilterEntry? Settings(IMessage owner, string filter, Any any)
    {
        var type = ConfigTypes.NameOf(any.TypeUrl);
        if (HttpFilterTable.FindPerRoute(type) is { } entry && context.Map.Content(any) is { } content)
        {
            return entry.BuildPerRoute!(context, content) is { } settings ? new PerFilterEntry(filter, settings, Disabled: false) : null;
        }

        if (HttpFilterTable.PassThroughReason(type) is not null)
        {
            context.Map.Settle(any);
            return new PerFilterEntry(filter, null, Disabled: false);
        }

        if (context.Map.IsRefused(any))
        {
            return null;
        }

        if (ConfigTypes.Find(type) is null && !ConfigTypes.IsKnownToEnvoy(type))
        {
            context.Map.Problem(owner, OwnField(owner), $"Didn't find a registered implementation for '{filter}' with type URL: '{any.TypeUrl}'");
            return null;
        }

        if (context.Map.AllowUnsupported)
        {
            context.Map.Warn(owner, OwnField(owner), $"settings of '{filter}' ({type}) have no effect here");
            context.Map.Settle(any);
            return null;
        }

        context.Map.Unsupported(owner, OwnField(owner), $"settings of '{filter}' ({type}) are not supported yet; accepted: {HttpFilterTable.PerRouteNames}");
        return null;
    }

    private static string OwnField(IMessage owner) => owner is FilterConfig ? "config" : Field;
}
