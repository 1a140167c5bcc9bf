using System.Collections.Immutable;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>What came of a configuration: a snapshot if there are no problems, all problems at once if there are.</summary>
/// <param name="Snapshot">Null when there are problems.</param>
/// <param name="Problems">Everything that is refused.</param>
/// <param name="Warnings">Everything that is taken but does not act as it would in Envoy: fields not modelled, old forms.</param>
public sealed record ConfigResult(ProxySnapshot? Snapshot, ImmutableArray<ConfigProblem> Problems, ImmutableArray<ConfigProblem> Warnings)
{
    /// <summary>Reads the file that dynamic_resources.lds_config names; null where there is none.</summary>
    public ListenersFile? Listeners { get; init; }

    /// <summary>Envoy's verdict: true if it would take the configuration, though something in it may not be supported here yet.</summary>
    public bool AcceptedByEnvoy => Problems.All(static problem => problem.Unsupported);
}
