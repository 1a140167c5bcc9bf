using System.Collections.Immutable;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>envoy.type.matcher.v3.MetadataMatcher: tests the value at a path within the struct of one namespace.</summary>
/// <param name="Filter">The namespace, mostly the name of a filter.</param>
/// <param name="Path">Field names from the outside in.</param>
/// <param name="Value">What the value must be.</param>
/// <param name="Invert">The result is turned around, for a missing value too.</param>
public sealed record MetadataMatcher(string Filter, ImmutableArray<string> Path, ValueMatcher Value, bool Invert = false)
{
    public bool Matches(DynamicMetadata metadata) => Matches(metadata.Get(Filter));

    public bool Matches(MetadataMap metadata) => Matches(metadata.Get(Filter));

    public override string ToString() => $"{(Invert ? "not: " : "")}metadata {Filter}:{string.Join(':', Path)} {Value}";

    private bool Matches(MetadataValue? root) => Value.Matches(root?.At(Path.AsSpan())) != Invert;
}
