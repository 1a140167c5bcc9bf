using Envoy.Config.Bootstrap.V3;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>dynamic_resources.lds_config: the file that listeners stand in. Only drivers that carry bytes follow it.</summary>
internal sealed class LdsBuilder(BuildContext context)
{
    /// <summary>Null where there is none, and for sources that are not followed (a warning says so).</summary>
    public FileSourceSnapshot? Build(Bootstrap bootstrap)
    {
        if (bootstrap.DynamicResources is not { LdsConfig: { } source } resources)
        {
            return null;
        }

        if (context.ForConnections && new FileSourceBuilder(context).Build(source) is { } file)
        {
            return file;
        }

        context.Map.Settle(resources, "lds_config");
        context.Map.Warn(
            resources,
            "lds_config",
            context.ForConnections
                ? "'lds_config' is read but not modelled: it has no effect here; followed are path_config_source and path"
                : "'lds_config' has no effect here: listeners that stand in files are followed by 'meshsim proxy' alone"
        );
        return null;
    }
}
