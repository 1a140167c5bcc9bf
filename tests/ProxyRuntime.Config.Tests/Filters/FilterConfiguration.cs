using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Config.Tests;

/// <summary>The good configuration with one more HTTP filter, <c>f</c>, before the router.</summary>
internal static class FilterConfiguration
{
    /// <param name="type">The type of its settings, without the domain.</param>
    /// <param name="settings">What stands beside @type: YAML from column 0.</param>
    /// <param name="perRoute">Settings for the route, with their @type, in flow style; empty for none.</param>
    public static ConfigResult Load(string type, string settings, string perRoute = "", ConfigEnvironment? environment = null, string node = "")
    {
        const string Router = "- name: envoy.filters.http.router";
        const string Match = "- match: {prefix: \"/\"}";
        var at = Indentation(Router);
        var filter = $"- name: f\n{at}  typed_config:\n{at}    \"@type\": type.googleapis.com/{type}\n{Indent(settings, at + "    ")}\n{at}{Router}";
        var text = Configurations.Good.Replace(Router, filter, StringComparison.Ordinal);
        if (perRoute.Length > 0)
        {
            var route = $"{Match}\n{Indentation(Match)}  typed_per_filter_config: {{f: {perRoute}}}";
            text = text.Replace(Match, route, StringComparison.Ordinal);
        }

        return BootstrapLoader.Load(node + text, "envoy.yaml", environment: environment);
    }

    /// <summary>The settings of the filter; what is wrong fails the test.</summary>
    public static T Settings<T>(ConfigResult result)
        where T : IHttpFilterSettings
    {
        Assert.Empty(result.Problems);
        Assert.Empty(result.Warnings);
        return Assert.IsType<T>(result.Snapshot!.Listeners[0].ConnectionManager!.HttpFilters[0].Settings);
    }

    /// <summary>What the route says for the filter.</summary>
    public static T RouteSettings<T>(ConfigResult result)
        where T : IRouteFilterSettings
    {
        Assert.Empty(result.Problems);
        Assert.Empty(result.Warnings);
        var route = result.Snapshot!.Listeners[0].ConnectionManager!.RouteTable.VirtualHosts[0].Routes[0];
        var entry = Assert.Single(route.PerFilterConfig.Entries);
        Assert.Equal("f", entry.Filter);
        return Assert.IsType<T>(entry.Settings);
    }

    /// <summary>One problem at a place, with a message that begins so.</summary>
    public static void ExpectProblem(ConfigResult result, string path, string message, bool unsupported = false) =>
        Assert.Contains(
            result.Problems,
            problem =>
                problem.Unsupported == unsupported
                && problem.Line > 0
                && problem.Column > 0
                && problem.Path.EndsWith(path, StringComparison.Ordinal)
                && problem.Message.StartsWith(message, StringComparison.Ordinal)
        );

    private static string Indentation(string text)
    {
        var line = Configurations.Good.Split('\n').Single(line => line.TrimStart().StartsWith(text, StringComparison.Ordinal));
        return line[..^line.TrimStart().Length];
    }

    private static string Indent(string text, string by) => string.Join('\n', text.Split('\n').Select(line => by + line));
}
