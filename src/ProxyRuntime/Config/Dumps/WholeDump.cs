namespace MeshSim.ProxyRuntime.Config;

/// <summary>How people get a dump with everything in it.</summary>
internal static class WholeDump
{
    /// <summary>The end of a message about something that a dump lacks.</summary>
    public const string Advice = "take the whole dump: curl 'http://ADMIN/config_dump?include_eds', or istioctl proxy-config all POD -o json";
}
