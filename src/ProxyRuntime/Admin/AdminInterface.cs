using MeshSim.ProxyRuntime.Config;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Admin;

/// <summary>The admin interface: which page a request gets. Whoever serves it brings the connection.</summary>
public static class AdminInterface
{
    public const string TextType = "text/plain; charset=UTF-8";
    public const string PlainType = "text/plain";
    public const string JsonType = "application/json";

    /// <summary>Whether a page shows statistics, which take the most to gather.</summary>
    public static bool NeedsStats(string path) => path == "/stats";

    /// <summary>Whether a page shows the configuration as it is now.</summary>
    public static bool NeedsConfig(string path) => path == "/config_dump";

    /// <param name="path">The path without its query.</param>
    /// <param name="query">Query parameters, decoded; of those given twice the first.</param>
    public static AdminResponse Serve(string method, string path, IReadOnlyDictionary<string, string> query, AdminView view)
    {
        switch (path)
        {
            case "/ready":
                return new AdminResponse(view.State == ServerState.Live ? 200 : 503, AdminPages.Ready(view.State));
            case "/certs":
                return new AdminResponse(200, CertsPage.Json(view.Snapshot, view.UnixNs), JsonType);
            case "/clusters":
                return new AdminResponse(200, ClustersPage.Text(view.Snapshot, view.Clusters, view.OutlierRates));
            case "/config_dump":
                return ConfigDumpPage.Serve(query, view.Config ?? new RunningConfig(view.Snapshot));
            case "/stats":
                return Stats(query, view);
            case "/listeners" when query.GetValueOrDefault("format") == "json":
                return new AdminResponse(200, ListenersPage.Json(view.Snapshot.Listeners), JsonType);
            case "/listeners":
                return new AdminResponse(200, ListenersPage.Text(view.Snapshot.Listeners));
            case "/help" or "/":
                return new AdminResponse(200, AdminPages.Help());
            case "/quitquitquit" when method == "POST":
                return new AdminResponse(200, "OK\n", Quits: true);
            case "/quitquitquit":
                return new AdminResponse(405, $"Method {method} not allowed, POST required.");
            default:
                return new AdminResponse(404, AdminPages.NotFound());
        }
    }

    private static AdminResponse Stats(IReadOnlyDictionary<string, string> query, AdminView view)
    {
        Re2Regex? filter = null;
        if (query.TryGetValue("filter", out var pattern) && pattern.Length > 0)
        {
            filter = Re2Regex.TryParse(pattern, out _);
            if (filter is null)
            {
                return new AdminResponse(400, "Invalid re2 regex");
            }
        }

        var endpoints = EndpointStats.All(view.Snapshot, view.Clusters);
        return new AdminResponse(200, StatsPage.Text(view.Stats ?? new StatTotals(), query.ContainsKey("usedonly"), filter, endpoints));
    }
}

/// <summary>What an admin page answers.</summary>
/// <param name="Quits">The server is to end after it.</param>
public sealed record AdminResponse(int Status, string Body, string ContentType = AdminInterface.TextType, bool Quits = false);
