using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;

namespace MeshSim.Silo;

/// <summary>A silo inside this process, for runs that need no set-up.</summary>
internal static class EmbeddedSilo
{
    public static async Task<IHost> StartAsync()
    {
        var (siloPort, gatewayPort) = FreePorts();
        var host = Host.CreateEmptyApplicationBuilder(null);
        host.Logging.ClearProviders();
        _ = host.UseOrleans(silo =>
        {
            _ = silo.UseLocalhostClustering(siloPort, gatewayPort, new IPEndPoint(IPAddress.Loopback, siloPort), "meshsim", "meshsim");
            _ = silo.Configure<SiloMessagingOptions>(static options => options.ResponseTimeout = TimeSpan.FromHours(1));
            _ = silo.Configure<ClientMessagingOptions>(static options => options.ResponseTimeout = TimeSpan.FromHours(1));
        });
        var built = host.Build();
        await built.StartAsync().ConfigureAwait(false);
        return built;
    }

    private static (int Silo, int Gateway) FreePorts()
    {
        using var a = new TcpListener(IPAddress.Loopback, 0);
        using var b = new TcpListener(IPAddress.Loopback, 0);
        a.Start();
        b.Start();
        return (((IPEndPoint)a.LocalEndpoint).Port, ((IPEndPoint)b.LocalEndpoint).Port);
    }
}
