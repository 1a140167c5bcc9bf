using System.CommandLine;
using System.Globalization;
using System.Net;

namespace MeshSim.Silo;

/// <summary><c>meshsim silo</c>: a silo that takes parts of runs, until it is ended.</summary>
internal static class SiloCommand
{
    private const int DefaultPort = 11111;

    /// <summary>How long parts of runs may take to be let go of.</summary>
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(10);

    private static readonly Option<string?> Cluster = new("--cluster")
    {
        Description = "The cluster to join: localhost:PORT of its first silo, or redis://HOST:PORT (default: begins one on this machine)",
    };

    private static readonly Option<string> ClusterId = new("--cluster-id")
    {
        Description = "Silos with the same id find each other",
        DefaultValueFactory = static _ => ClusterAddress.DefaultId,
    };

    private static readonly Option<int> Port = new("--port")
    {
        Description = "Its port for silos; the one above it is for clients",
        DefaultValueFactory = static _ => DefaultPort,
    };

    private static readonly Option<string> Address = new("--address")
    {
        Description = "The IP address at which other machines reach it",
        DefaultValueFactory = static _ => "127.0.0.1",
    };

    private static readonly Option<bool> UntilInputEnds = new("--until-input-ends") { Description = "End when standard input does" };

    public static Command Create()
    {
        var command = new Command("silo", "Join a silo cluster and take parts of its runs") { Cluster, ClusterId, Port, Address, UntilInputEnds };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellation)
    {
        var port = arguments.GetValue(Port);
        if (port is < 1 or >= IPEndPoint.MaxPort)
        {
            throw new BadInputException($"--port {port} is not accepted; accepted is 1 to {IPEndPoint.MaxPort - 1}");
        }

        if (!IPAddress.TryParse(arguments.GetValue(Address), out var address))
        {
            throw new BadInputException($"--address '{arguments.GetValue(Address)}' is not accepted; accepted is an IP address");
        }

        // Ctrl-C is for the whole run, and the silos of a run end with it.
        var withInput = arguments.GetValue(UntilInputEnds);
        using var end = new EndSignals(heedInterrupt: !withInput);
        var id = arguments.GetValue(ClusterId)!;
        var cluster = arguments.GetValue(Cluster) is { } text ? ClusterAddress.Parse(text, id) : ClusterAddress.OfFirstSilo(port, id);
        using var host = await StartAsync(cluster, address, port).ConfigureAwait(false);
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"silo {address}:{port} is in cluster {cluster.Id}; clients reach it at port {ClusterAddress.GatewayPort(port)}"
            )
        );
        await Task.WhenAny(end.WaitAsync(), withInput ? InputEndsAsync() : Task.Delay(Timeout.Infinite, cancellation)).ConfigureAwait(false);
        using var patience = new CancellationTokenSource(StopTimeout);
        await host.StopAsync(patience.Token).ConfigureAwait(false);
        return ExitCodes.Fine;
    }

    private static async Task<Microsoft.Extensions.Hosting.IHost> StartAsync(ClusterAddress cluster, IPAddress address, int port)
    {
        try
        {
            return await SiloHost.StartAsync(cluster, address, port).ConfigureAwait(false);
        }
        catch (Exception e) when (FreePorts.IsTaken(e))
        {
            throw new BadInputException(
                $"the silo cannot start at {address}:{port}: that port, or {ClusterAddress.GatewayPort(port)} for clients, is taken",
                e
            );
        }
        catch (Exception e) when (e is System.Net.Sockets.SocketException or StackExchange.Redis.RedisConnectionException or Orleans.Runtime.OrleansException)
        {
            throw new BadInputException($"the silo cannot start at {address}:{port}: {e.Message}", e);
        }
    }

    private static Task InputEndsAsync() =>
        Task.Run(() =>
        {
            while (Console.In.ReadLine() is not null) { }
        });
}
