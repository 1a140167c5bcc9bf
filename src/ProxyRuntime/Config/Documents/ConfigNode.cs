namespace MeshSim.ProxyRuntime.Config;

/// <summary>A value of a YAML or JSON document with its place.</summary>
internal abstract class ConfigNode(ConfigPlace place)
{
    public ConfigPlace Place { get; } = place;

    /// <summary>What a person would call this kind of value.</summary>
    public abstract string Kind { get; }
}

/// <summary>Where something stands: file, line and column, the last two from 1.</summary>
internal readonly record struct ConfigPlace(string File, int Line, int Column);

internal enum ScalarKind
{
    Null,
    Bool,

    /// <summary>A number that JSON would hold as one.</summary>
    Number,
    Text,
}

internal sealed class ConfigScalar(ConfigPlace place, ScalarKind scalar, string text) : ConfigNode(place)
{
    public ScalarKind Scalar { get; } = scalar;

    /// <summary>As written, without quotes.</summary>
    public string Text { get; } = text;

    public override string Kind =>
        Scalar switch
        {
            ScalarKind.Null => "null",
            ScalarKind.Bool => "a boolean",
            ScalarKind.Number => "a number",
            _ => "a string",
        };
}

internal sealed class ConfigSequence(ConfigPlace place, IReadOnlyList<ConfigNode> items) : ConfigNode(place)
{
    public IReadOnlyList<ConfigNode> Items { get; } = items;

    public override string Kind => "a list";
}

internal sealed class ConfigMapping(ConfigPlace place, IReadOnlyList<ConfigEntry> entries) : ConfigNode(place)
{
    public IReadOnlyList<ConfigEntry> Entries { get; } = entries;

    public override string Kind => "an object";
}

/// <summary>One key of a mapping.</summary>
internal sealed record ConfigEntry(string Key, ConfigPlace KeyPlace, ConfigNode Value);
