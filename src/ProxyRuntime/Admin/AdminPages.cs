using System.Text;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Admin;

/// <summary>The small pages of the admin interface, and the list of all of them.</summary>
public static class AdminPages
{
    private static readonly (string Path, string Help)[] Commands =
    [
        ("/", "Admin home page"),
        ("/certs", "print certs on machine"),
        ("/clusters", "upstream cluster status"),
        ("/help", "print out list of admin commands"),
        ("/quitquitquit (POST)", "exit the server"),
        ("/ready", "print server state, return 200 if LIVE, otherwise return 503"),
        (
            "/stats",
            "print server stats\n      usedonly: Only include stats that have been written by system since restart\n      filter: Regular expression (Google re2) for filtering stats"
        ),
    ];

    public static string Help()
    {
        var text = new StringBuilder("admin commands are:\n");
        foreach (var (path, help) in Commands)
        {
            _ = text.Append("  ").Append(path).Append(": ").Append(help).Append('\n');
        }

        return text.ToString();
    }

    public static string NotFound() => "invalid path. " + Help();

    /// <summary>What <c>/ready</c> prints; anything but LIVE goes with status 503.</summary>
    public static string Ready(ServerState state) =>
        state switch
        {
            ServerState.Live => "LIVE\n",
            ServerState.Draining => "DRAINING\n",
            ServerState.Initializing => "INITIALIZING\n",
            _ => "PRE_INITIALIZING\n",
        };
}
