using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>What a configuration refers to outside itself: files and environment variables.</summary>
public abstract class ConfigEnvironment
{
    /// <summary>Nothing: every reference is refused.</summary>
    public static ConfigEnvironment None { get; } = new Nothing();

    /// <summary>The contents of a file, its path relative to wherever the configuration is used; null with what is wrong.</summary>
    /// <param name="maxBytes">A longer file is not read; 0 for no limit.</param>
    public abstract byte[]? ReadFile(string path, long maxBytes, out string? error);

    /// <summary>Whether files and variables can be had at all. True, unless somebody says otherwise.</summary>
    public virtual bool CanRead => true;

    /// <summary>What formats read of the machine. Nothing, unless somebody says otherwise.</summary>
    public virtual FormatEnvironment Formats => FormatEnvironment.None;

    /// <summary>The value of an environment variable; null with what is wrong.</summary>
    public abstract string? ReadVariable(string name, out string? error);

    private sealed class Nothing : ConfigEnvironment
    {
        public override bool CanRead => false;

        public override byte[]? ReadFile(string path, long maxBytes, out string? error)
        {
            error = $"file {path} is not read here; accepted are contents that stand in the configuration";
            return null;
        }

        public override string? ReadVariable(string name, out string? error)
        {
            error = $"environment variable {name} is not read here; accepted are contents that stand in the configuration";
            return null;
        }
    }
}
