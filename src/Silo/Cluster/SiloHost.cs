using System.Net;
using MeshSim.Grains.Contracts;
using MeshSim.Grains.Simulation;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using StackExchange.Redis;

namespace MeshSim.Silo;

/// <summary>A silo in this process, or a client of silos elsewhere.</summary>
internal static class SiloHost
{
    private const string ServiceId = "meshsim";

    /// <summary>A silo that is gone is found out after so many probes.</summary>
    private const int MissedProbes = 3;

    /// <summary>A silo remembers where so many grains are. It makes room for all of them at once: nine bytes each, twice.</summary>
    private const int KnownGrains = 10_000;

    private static readonly TimeSpan ProbeTimeout = TimeSpan.FromSeconds(1);

    /// <summary>A silo of its own, for runs that need no set-up.</summary>
    public static async Task<IHost> StartAloneAsync() => (await StartAtFreePortsAsync(static _ => ClusterAddress.DefaultId).ConfigureAwait(false)).Host;

    /// <summary>The first silo of a cluster, where nobody is. Somebody may come there between the look and the start: then it looks again.</summary>
    /// <param name="idOf">The cluster's id, by the silo's port.</param>
    public static async Task<(IHost Host, int Port)> StartAtFreePortsAsync(Func<int, string> idOf)
    {
        for (var attempt = 1; ; attempt++)
        {
            var port = FreePorts.Pair();
            try
            {
                return (await StartAsync(ClusterAddress.OfFirstSilo(port, idOf(port)), IPAddress.Loopback, port).ConfigureAwait(false), port);
            }
            catch (Exception e) when (attempt < FreePorts.Attempts && FreePorts.IsTaken(e)) { }
        }
    }

    /// <param name="address">Where other silos and clients reach it.</param>
    /// <param name="port">For silos; the one above it is for clients.</param>
    public static async Task<IHost> StartAsync(ClusterAddress cluster, IPAddress address, int port)
    {
        var builder = NewBuilder();
        _ = builder.UseOrleans(silo =>
        {
            if (cluster.Redis is { } redis)
            {
                _ = silo.UseRedisClustering(options => options.ConfigurationOptions = ConfigurationOptions.Parse(redis));
                _ = silo.ConfigureEndpoints(address, port, ClusterAddress.GatewayPort(port), listenOnAnyHostAddress: !IPAddress.IsLoopback(address));
            }
            else
            {
                var first = new IPEndPoint(IPAddress.Loopback, cluster.FirstSiloPort!.Value);
                _ = silo.UseLocalhostClustering(port, ClusterAddress.GatewayPort(port), first, ServiceId, cluster.Id);
            }

            _ = silo.Configure<ClusterOptions>(options => (options.ServiceId, options.ClusterId) = (ServiceId, cluster.Id));
            _ = silo.Configure<ClusterMembershipOptions>(static options => (options.ProbeTimeout, options.NumMissedProbesLimit) = (ProbeTimeout, MissedProbes));
            _ = silo.Configure<GrainDirectoryOptions>(static options => options.CacheSize = KnownGrains);
            _ = silo.Configure<SiloMessagingOptions>(static options => options.ResponseTimeout = CallTimeouts.Usual);
            _ = silo.Configure<ClientMessagingOptions>(static options => options.ResponseTimeout = CallTimeouts.Usual);
#pragma warning disable ORLEANSEXP003 // The other directory ends grains that live on when the silo that knew of them is lost.
            _ = silo.AddDistributedGrainDirectory();
#pragma warning restore ORLEANSEXP003
            _ = silo.AddSimulation();
        });
        var built = builder.Build();
        try
        {
            await built.StartAsync().ConfigureAwait(false);
            return built;
        }
        catch
        {
            built.Dispose();
            throw;
        }
    }

    /// <summary>A client of a cluster that is there.</summary>
    public static async Task<IHost> ConnectAsync(ClusterAddress cluster)
    {
        var builder = NewBuilder();
        _ = builder.UseOrleansClient(client =>
        {
            _ = cluster.Redis is { } redis
                ? client.UseRedisClustering(options => options.ConfigurationOptions = ConfigurationOptions.Parse(redis))
                : client.UseLocalhostClustering(ClusterAddress.GatewayPort(cluster.FirstSiloPort!.Value), ServiceId, cluster.Id);
            _ = client.Configure<ClusterOptions>(options => (options.ServiceId, options.ClusterId) = (ServiceId, cluster.Id));
            _ = client.Configure<ClientMessagingOptions>(static options => options.ResponseTimeout = CallTimeouts.Usual);
        });
        var built = builder.Build();
        await built.StartAsync().ConfigureAwait(false);
        return built;
    }

    private static HostApplicationBuilder NewBuilder()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        _ = builder.Logging.ClearProviders();
        _ = builder.Services.AddSingleton<IHostLifetime, CommandLifetime>();
        return builder;
    }
}
