using System.Collections.Immutable;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>What is to be said of a file with resources that was read while a proxy runs.</summary>
/// <param name="Problems">Everything that is refused, with its place.</param>
/// <param name="Warnings">Everything that is taken but does not act as it would in Envoy.</param>
public abstract record ReadResult(ImmutableArray<ConfigProblem> Problems, ImmutableArray<ConfigProblem> Warnings);
