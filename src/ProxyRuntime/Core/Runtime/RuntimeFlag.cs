namespace MeshSim.ProxyRuntime.Core;

/// <summary>core.v3.RuntimeFeatureFlag: a truth value that the runtime may override.</summary>
/// <param name="Default">default_value.</param>
/// <param name="RuntimeKey">runtime_key; empty for none.</param>
public sealed record RuntimeFlag(bool Default, string RuntimeKey = "")
{
    public bool Enabled(RuntimeSnapshot runtime) => runtime.Bool(RuntimeKey, Default);
}
