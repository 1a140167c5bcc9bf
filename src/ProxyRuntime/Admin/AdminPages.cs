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
        (
            "/config_dump",
            "dump current Envoy configs\n      resource: The resource to dump\n      mask: The mask to apply. When both resource and mask are specified, the mask is applied to every element in the desired repeated field so that only a subset of fields are returned. The mask is parsed as a Protobuf::FieldMask\n      name_regex: Dump only the currently loaded configurations whose names match the specified regex. Can be used with both resource and mask query parameters.\n      include_eds: Dump currently loaded configuration including EDS. See the response definition for more information"
        ),
        ("/help", "print out list of admin commands"),
        ("/listeners", "print listener info\n      format: File format to use; One of (text, json)"),
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
