namespace MeshSim.ProxyRuntime.Config;

/// <summary>A value of a YAML or JSON document with its place.</summary>
public abstract class ConfigNode(ConfigPlace place)
{
    public ConfigPlace Place { get; } = place;

    /// <summary>What a person would call this kind of value.</summary>
    public abstract string Kind { get; }
}

/// <summary>Where something stands: file, line and column, the last two from 1.</summary>
public readonly record struct ConfigPlace(string File, int Line, int Column);

public enum ScalarKind
{
    Null,
    Bool,

    /// <summary>A number that JSON would hold as one.</summary>
    Number,
    Text,
}

public sealed class ConfigScalar(ConfigPlace place, ScalarKind scalar, string text) : ConfigNode(place)
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

public sealed class ConfigSequence(ConfigPlace place, IReadOnlyList<ConfigNode> items) : ConfigNode(place)
{
    public IReadOnlyList<ConfigNode> Items { get; } = items;

    public override string Kind => "a list";
}

public sealed class ConfigMapping(ConfigPlace place, IReadOnlyList<ConfigEntry> entries) : ConfigNode(place)
{
    public IReadOnlyList<ConfigEntry> Entries { get; } = entries;

    public override string Kind => "an object";
}

/// <summary>One key of a mapping.</summary>
public sealed record ConfigEntry(string Key, ConfigPlace KeyPlace, ConfigNode Value);
