using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace MeshSim.Silo;

/// <summary>A silo in this process and others in processes of their own, which end with it.</summary>
internal sealed class LocalCluster : IAsyncDisposable
{
    /// <summary>How often a silo process may find its ports taken.</summary>
    private const int StartAttempts = 5;

    private static readonly TimeSpan StartTimeout = TimeSpan.FromMinutes(2);
    private readonly List<Process> processes = [];
    private readonly IHost host;

    private LocalCluster(IHost host) => this.host = host;

    public IGrainFactory Grains => host.Services.GetRequiredService<IGrainFactory>();

    /// <summary>The processes of the other silos.</summary>
    public IEnumerable<int> ProcessIds => processes.Where(static process => !process.HasExited).Select(static process => process.Id);

    /// <param name="silos">From 1: so many in all.</param>
    public static async Task<LocalCluster> StartAsync(int silos)
    {
        var (host, port) = await SiloHost.StartAtFreePortsAsync(IdOf).ConfigureAwait(false);
        var cluster = new LocalCluster(host);
        try
        {
            await Task.WhenAll(Enumerable.Range(1, silos - 1).Select(_ => cluster.AddAsync(port))).WaitAsync(StartTimeout).ConfigureAwait(false);
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

    private static string IdOf(int firstPort) => string.Create(CultureInfo.InvariantCulture, $"run-{Environment.ProcessId}-{firstPort}");

    /// <summary>A process whose ports were taken between the look and its start ends at once: then another one tries others.</summary>
    private async Task AddAsync(int firstPort)
    {
        for (var attempt = 1; ; attempt++)
        {
            var process = Start(firstPort, FreePorts.Pair());
            if (await process.StandardOutput.ReadLineAsync().ConfigureAwait(false) is not null)
            {
                return;
            }

            await process.WaitForExitAsync().ConfigureAwait(false);
            if (attempt == StartAttempts || process.ExitCode != ExitCodes.BadInput)
            {
                throw new InvalidOperationException($"A silo process ended before it had joined, with exit code {process.ExitCode}.");
            }
        }
    }

    private Process Start(int firstPort, int port)
    {
        var start = OwnProgram.Start(
            "silo",
            "--cluster",
            string.Create(CultureInfo.InvariantCulture, $"localhost:{firstPort}"),
            "--cluster-id",
            IdOf(firstPort),
            "--port",
            port.ToString(CultureInfo.InvariantCulture),
            "--until-input-ends"
        );
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        var process = Process.Start(start)!;
        lock (processes) // Others start at the same time.
        {
            processes.Add(process);
        }

        process.Exited += (_, _) => _ = DeclareDeadAsync(port);
        process.EnableRaisingEvents = true;
        return process;
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
