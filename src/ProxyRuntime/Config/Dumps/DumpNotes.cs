using Envoy.Admin.V3;
using Google.Protobuf;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>Warnings of what stands in a dump and is not part of what runs.</summary>
internal sealed class DumpNotes(SourceMap map)
{
    /// <summary>An entry that is left out.</summary>
    public void LeftOut(IMessage entry, string text)
    {
        var source = map.Of(entry);
        map.Warn(source.Place, source.Path, text);
    }

    /// <summary>An update that Envoy refused.</summary>
    /// <param name="entry">The entry of the dump with the error.</param>
    /// <param name="error">Its error_state; null if there is none.</param>
    /// <param name="what">What was to be updated, <c>listener 'main'</c>.</param>
    public void Refused(IMessage entry, UpdateFailureState? error, string what)
    {
        if (error is not null)
        {
            var details = error.Details.Length > 0 ? $": {error.Details.ReplaceLineEndings(" ")}" : "";
            map.Warn(entry, "error_state", $"Envoy refused an update of {what}, and it is left out{details}");
        }
    }

    /// <summary>A section with entries that are not read.</summary>
    public void NotRead(IMessage section, string what)
    {
        foreach (var field in map.Of(section).Fields.Keys)
        {
            map.Warn(section, field, $"{what} are not read from a dump yet");
        }
    }
}
