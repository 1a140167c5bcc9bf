namespace MeshSim.ProxyRuntime.Core;

/// <summary>One access log: where its lines go, how they are made, and for which requests.</summary>
/// <param name="Sink">File, standard output or standard error.</param>
/// <param name="Path">The file; empty for the other sinks.</param>
/// <param name="Format">How a line is made.</param>
/// <param name="Filter">Which requests are logged; null for all.</param>
public sealed record AccessLogSnapshot(AccessLogSink Sink, string Path, SubstitutionFormat Format, AccessLogFilter? Filter = null);

public enum AccessLogSink : byte
{
    File,
    Stdout,
    Stderr,
}
