namespace MeshSim.ProxyRuntime.Core;

/// <summary>HeaderValueOption.append_action.</summary>
public enum AppendAction : byte
{
    /// <summary>Adds another line, whether or not there is one.</summary>
    AppendIfExistsOrAdd,

    /// <summary>Adds a line only if there is none.</summary>
    AddIfAbsent,

    /// <summary>Replaces all lines by this one, or adds it.</summary>
    OverwriteIfExistsOrAdd,

    /// <summary>Replaces all lines by this one; nothing if there is none.</summary>
    OverwriteIfExists,
}

/// <summary>HeaderValueOption: a header to add, its value a format with command operators.</summary>
/// <param name="Name">Which header.</param>
/// <param name="Value">Its value; operators without a value count as empty.</param>
/// <param name="Action">append_action. Default APPEND_IF_EXISTS_OR_ADD.</param>
/// <param name="KeepEmpty">keep_empty_value: without it a value that comes out empty adds nothing.</param>
public sealed record HeaderAddition(HeaderName Name, SubstitutionFormat Value, AppendAction Action = AppendAction.AppendIfExistsOrAdd, bool KeepEmpty = false);
