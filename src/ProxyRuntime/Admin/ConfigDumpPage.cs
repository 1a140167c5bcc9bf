using System.Text;
using MeshSim.ProxyRuntime.Config;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Admin;

/// <summary><c>/config_dump</c>: the configuration as it is now, all of it or what the query asks for.</summary>
public static class ConfigDumpPage
{
    /// <param name="query">Query parameters, decoded: resource, mask, name_regex, include_eds.</param>
    public static AdminResponse Serve(IReadOnlyDictionary<string, string> query, RunningConfig config)
    {
        var pattern = query.GetValueOrDefault("name_regex", "");
        string? error = null;
        var names = pattern.Length > 0 ? Re2Regex.TryParse(pattern, out error) : null;
        if (pattern.Length > 0 && names is null)
        {
            return Refused(400, $"INVALID_ARGUMENT: Error while parsing name_regex from {pattern}: {error}");
        }

        var resource = query.GetValueOrDefault("resource", "");
        var mask = query.GetValueOrDefault("mask", "");
        var asked = new ConfigDumpQuery
        {
            Resource = resource,
            Mask = mask,
            IsShown = names is null ? null : name => names.IsFullMatch(Encoding.UTF8.GetBytes(name)),
            IncludeEds = query.ContainsKey("include_eds"),
        };
        var dump = ConfigDumpWriter.Write(config, asked);
        return dump.Outcome switch
        {
            ConfigDumpOutcome.ResourceNotFound => Refused(404, $"{resource} not found in config dump"),
            ConfigDumpOutcome.ResourceNotRepeated => Refused(400, $"{resource} is not a repeated field. Use ?mask={resource} to get only this field"),
            ConfigDumpOutcome.MaskRefused => Refused(400, $"FieldMask {MaskText(mask)} could not be successfully used."),
            ConfigDumpOutcome.MaskFitsNothing => Refused(400, $"FieldMask {mask} could not be successfully applied to any configs."),
            _ => new AdminResponse(200, dump.Json, AdminInterface.JsonType),
        };
    }

    private static AdminResponse Refused(int status, string text) => new(status, text, AdminInterface.PlainType);

    /// <summary>The mask as protobuf prints such a message.</summary>
    private static string MaskText(string mask) =>
        string.Concat(mask.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(static path => $"paths: \"{path}\"\n"));
}
