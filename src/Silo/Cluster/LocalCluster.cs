using System.Diagnostics;
using System.Globalization;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace MeshSim.Silo;

/// <summary>A silo in this process and others in processes of their own, which end with it.</summary>
internal sealed class LocalCluster : IAsyncDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromMinutes(2);
    private readonly List<Process> processes = [];
    private readonly IHost host;

    private LocalCluster(IHost host) => this.host = host;

    public IGrainFactory Grains => host.Services.GetRequiredService<IGrainFactory>();

    /// <summary>The processes of the other silos.</summary>
    public IEnumerable<int> ProcessIds => processes.Select(static process => process.Id);

    /// <param name="silos">From 1: so many in all.</param>
    public static async Task<LocalCluster> StartAsync(int silos)
    {
        var port = FreePorts.Pair();
        var id = string.Create(CultureInfo.InvariantCulture, $"run-{Environment.ProcessId}-{port}");
        var cluster = new LocalCluster(await SiloHost.StartAsync(ClusterAddress.OfFirstSilo(port, id), IPAddress.Loopback, port).ConfigureAwait(false));
        try
        {
            await Task.WhenAll(Enumerable.Range(1, silos - 1).Select(_ => cluster.AddAsync(port, id))).WaitAsync(StartTimeout).ConfigureAwait(false);
        }
        catch
        {
            await cluster.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        return cluster;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in processes)
        {
            process.EnableRaisingEvents = false;
            process.StandardInput.Close(); // It ends by itself then.
        }

        await host.StopAsync().ConfigureAwait(false);
        host.Dispose();
        foreach (var process in processes)
        {
            await process.WaitForExitAsync().ConfigureAwait(false);
            process.Dispose();
        }
    }

    private async Task AddAsync(int firstPort, string id)
    {
        var port = FreePorts.Pair();
        var start = OwnProgram.Start(
            "silo",
            "--cluster",
            string.Create(CultureInfo.InvariantCulture, $"localhost:{firstPort}"),
            "--cluster-id",
            id,
            "--port",
            port.ToString(CultureInfo.InvariantCulture),
            "--until-input-ends"
        );
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        var process = Process.Start(start)!;
        processes.Add(process);
        process.Exited += (_, _) => _ = DeclareDeadAsync(port);
        process.EnableRaisingEvents = true;
        if (await process.StandardOutput.ReadLineAsync().ConfigureAwait(false) is null)
        {
            throw new InvalidOperationException($"A silo process ended before it had joined, with exit code {process.ExitCode}.");
        }
    }

    /// <summary>The cluster would find out by itself; this process knows at once.</summary>
    private async Task DeclareDeadAsync(int port)
    {
        var membership = host.Services.GetRequiredService<IClusterMembershipService>();
        foreach (var silo in membership.CurrentSnapshot.Members.Keys.Where(silo => silo.Endpoint.Port == port))
        {
            _ = await membership.TryKill(silo).ConfigureAwait(false);
        }
    }
}
