using System.Globalization;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>One thing wrong with a configuration, and where.</summary>
/// <param name="File">Name of the file as the user gave it.</param>
/// <param name="Line">From 1; 0 when the problem has no place.</param>
/// <param name="Column">From 1.</param>
/// <param name="Path">Where in the document, <c>static_resources.clusters[0].name</c>.</param>
/// <param name="Message">What is wrong, with what would be accepted.</param>
/// <param name="Unsupported">Envoy takes it; this program does not run it yet.</param>
public sealed record ConfigProblem(string File, int Line, int Column, string Path, string Message, bool Unsupported = false)
{
    /// <summary><c>envoy.yaml:12:7: static_resources.clusters[0].type: …</c></summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{File}:{Line}:{Column}: {Path}{(Path.Length > 0 ? ": " : "")}{Message}");
}
