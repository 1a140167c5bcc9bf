using Envoy.Config.Core.V3;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>Config sources that are files.</summary>
internal sealed class FileSourceBuilder(BuildContext context)
{
    private static readonly string[] Forms = [".yaml", ".yml", ".json"];

    /// <summary>Null for a source of another kind.</summary>
    public FileSourceSnapshot? Build(ConfigSource source)
    {
        var found = source.ConfigSourceSpecifierCase switch
        {
            ConfigSource.ConfigSourceSpecifierOneofCase.Path => new FileSourceSnapshot(source.Path),
            ConfigSource.ConfigSourceSpecifierOneofCase.PathConfigSource => new FileSourceSnapshot(
                source.PathConfigSource.Path,
                source.PathConfigSource.WatchedDirectory?.Path ?? ""
            ),
            _ => null,
        };
        if (found is not null)
        {
            Check(source, found.Path);
        }

        return found;
    }

    /// <summary>It must be there from the begin; what is in it is looked at when it is read.</summary>
    private void Check(ConfigSource source, string path)
    {
        var field = source.PathConfigSource is null ? "path" : "path_config_source";
        if (path.Length > 0 && context.Map.Environment.CanRead && context.Map.Environment.ReadFile(path, 0, out _) is null)
        {
            context.Map.Problem(source, field, $"paths must refer to an existing path in the system: '{path}' does not exist");
        }
        else if (path.EndsWith(".pb", StringComparison.OrdinalIgnoreCase) || path.EndsWith(".pb_text", StringComparison.OrdinalIgnoreCase))
        {
            context.Map.Unsupported(source, field, $"a file in the form of '{path}' is not read here yet; accepted: {string.Join(", ", Forms)}");
        }
    }
}
