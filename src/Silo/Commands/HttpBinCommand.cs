using System.CommandLine;
using System.Net;
using MeshSim.Scenarios.Live;

namespace MeshSim.Silo;

/// <summary><c>meshsim httpbin</c>: a backend that shows what a proxy sends.</summary>
internal static class HttpBinCommand
{
    private static readonly Option<int> Port = new("--port", "-p") { Description = "Port; 0 for any free one", DefaultValueFactory = _ => 8000 };
    private static readonly Option<string> Address = new("--address") { Description = "IP address", DefaultValueFactory = _ => "127.0.0.1" };

    public static Command Create()
    {
        var command = new Command("httpbin", "Run a small httpbin: /headers /get /post /status/N /delay/N /anything") { Port, Address };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult arguments)
    {
        if (!IPAddress.TryParse(arguments.GetValue(Address), out var address))
        {
            throw new BadInputException($"--address {arguments.GetValue(Address)} is no IP address");
        }

        HttpBinServer server;
        try
        {
            server = await HttpBinServer.StartAsync(address, arguments.GetValue(Port)).ConfigureAwait(false);
        }
        catch (IOException e)
        {
            throw new BadInputException($"cannot listen on {address}:{arguments.GetValue(Port)}: {e.Message}", e);
        }

        await using (server.ConfigureAwait(false))
        {
            await Console.Error.WriteLineAsync($"httpbin on http://{server.Address}").ConfigureAwait(false);
            using var end = new EndSignals();
            await end.WaitAsync().ConfigureAwait(false);
        }

        return ExitCodes.Fine;
    }
}
