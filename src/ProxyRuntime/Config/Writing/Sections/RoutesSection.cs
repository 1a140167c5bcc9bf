using Envoy.Admin.V3;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>Route tables as they are now. All of them stand in listeners.</summary>
internal static class RoutesSection
{
    public static DumpSection Of(RunningConfig config, Func<string, bool> isShown)
    {
        var dump = new RoutesConfigDump();
        var contents = new AnyContents();
        var seen = new HashSet<RouteTable>(ReferenceEqualityComparer.Instance);
        foreach (var (_, routes, updatedUnixNs) in config.RouteConfigs)
        {
            if (routes.Message is ProtoMessage message && isShown(routes.Name) && seen.Add(routes))
            {
                dump.StaticRouteConfigs.Add(
                    new RoutesConfigDump.Types.StaticRouteConfig { RouteConfig = contents.Pack(message), LastUpdated = ProtoTimes.Milliseconds(updatedUnixNs) }
                );
            }
        }

        return new DumpSection(dump, contents);
    }
}
