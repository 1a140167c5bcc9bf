using Microsoft.Extensions.Hosting;

namespace MeshSim.Silo;

/// <summary>A host that lives as long as its command says; signals are the command's (<see cref="EndSignals"/>).</summary>
internal sealed class CommandLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
