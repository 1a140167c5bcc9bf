using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace MeshSim.Silo.Tests;

public sealed class SiloCommandTests
{
    /// <summary>The port of silos, and the one above it for clients.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task A_port_that_is_taken_is_told(int above)
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port - above;

        var (code, output) = await MeshsimProgram.RunAsync(Path.GetTempPath(), string.Create(CultureInfo.InvariantCulture, $"silo --port {port}"));

        Assert.Equal(2, code);
        Assert.Contains(
            string.Create(CultureInfo.InvariantCulture, $"the silo cannot start at 127.0.0.1:{port}: that port, or {port + 1} for clients, is taken"),
            output,
            StringComparison.Ordinal
        );
    }
}
