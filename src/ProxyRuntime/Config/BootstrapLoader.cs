#pragma warning disable MA0025, IDE0060
namespace MeshSim.ProxyRuntime.Config;

/// <summary>Reads an Envoy v3 bootstrap as users write it, in YAML or JSON.</summary>
public static class BootstrapLoader
{
    /// <param name="text">The document.</param>
    /// <param name="file">Its name, for messages.</param>
    /// <param name="overlay">A second document merged over it as Envoy merges <c>--config-yaml</c>; null for none.</param>
    public static ConfigResult Load(string text, string file, ConfigOverlay? overlay = null) => throw new NotImplementedException();
}

/// <summary>The document given with <c>--config-yaml</c>.</summary>
public sealed record ConfigOverlay(string Text, string Name = "--config-yaml");
