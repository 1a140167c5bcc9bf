using MeshSim.ProxyRuntime.Config;

namespace MeshSim.Scenarios.Model;

/// <summary>Reads which route tables proxies are told as the run goes on, and when.</summary>
internal static class RouteChangeReader
{
    /// <summary>One entry; null, with a problem, if it does not fit the proxies.</summary>
    public static RouteChange? Read(FieldReader fields, IReadOnlyList<ProxyRole> proxies, ReadingContext context)
    {
        var name = fields.Text("proxy", about: "its name");
        var at = fields.DurationNs("at", about: "when all replicas of the proxy are told; requests that have begun keep their routes");
        var given = fields.Node("route_config", FieldKind.Any, null, "a RouteConfiguration as Envoy takes it, with the name of one the proxy has");
        context.SimulatedOnly(fields, "route_config");
        if (proxies.FirstOrDefault(proxy => proxy.Name == name) is not { } proxy)
        {
            fields.Problem("proxy", $"unknown proxy '{name}'{NearestWord.Suggest(name, proxies.Select(static role => role.Name))}");
            return null;
        }

        if (given is null)
        {
            fields.Problem("route_config", "this field is required: a RouteConfiguration");
            return null;
        }

        var result = RoutesFile.Of(proxy.Snapshot, given, fields.At("route_config"));
        context.Problems.AddRange(result.Problems);
        context.Warnings.AddRange(result.Warnings);
        return result.Routes is { } routes ? new RouteChange(name, at, routes) : null;
    }
}
