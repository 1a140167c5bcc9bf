using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace MeshSim.Silo;

/// <summary>A client of a cluster that is there.</summary>
internal sealed class RemoteCluster : IDisposable
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(30);
    private readonly IHost host;

    private RemoteCluster(IHost host) => this.host = host;

    public IGrainFactory Grains => host.Services.GetRequiredService<IGrainFactory>();

    /// <exception cref="BadInputException">Nobody answers there.</exception>
    public static async Task<RemoteCluster> ConnectAsync(ClusterAddress address)
    {
        try
        {
            return new RemoteCluster(await SiloHost.ConnectAsync(address).WaitAsync(ConnectTimeout).ConfigureAwait(false));
        }
        catch (Exception e) when (e is TimeoutException or OrleansException or StackExchange.Redis.RedisConnectionException)
        {
            throw new BadInputException($"no silo of cluster '{address.Id}' answers there: {e.Message}", e);
        }
    }

    public void Dispose() => host.Dispose();
}
