using System.Globalization;
using System.Net;

namespace MeshSim.Silo;

/// <summary>Where a silo cluster is: <c>localhost:PORT</c> of its first silo, or <c>redis://HOST:PORT</c> of the store of its members.</summary>
/// <param name="FirstSiloPort">On this machine; null for a cluster of several machines.</param>
/// <param name="Redis">Of StackExchange.Redis; null for a cluster of this machine.</param>
/// <param name="Id">Silos with the same id find each other.</param>
internal sealed record ClusterAddress(int? FirstSiloPort, string? Redis, string Id)
{
    public const string DefaultId = "meshsim";

    /// <summary>A silo's gateway for clients listens one above its port for silos.</summary>
    public static int GatewayPort(int siloPort) => siloPort + 1;

    /// <exception cref="BadInputException">It is neither.</exception>
    public static ClusterAddress Parse(string text, string id)
    {
        const string local = "localhost:";
        if (text.StartsWith(local, StringComparison.Ordinal) && Port(text[local.Length..]) is { } port)
        {
            return new ClusterAddress(port, null, id);
        }

        if (Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri is { Scheme: "redis", Host.Length: > 0 })
        {
            var redisPort = uri.Port < 0 ? 6379 : uri.Port;
            return new ClusterAddress(null, string.Create(CultureInfo.InvariantCulture, $"{uri.Host}:{redisPort},abortConnect=false"), id);
        }

        throw new BadInputException($"--cluster '{text}' is not accepted; accepted are localhost:PORT of a silo on this machine and redis://HOST:PORT");
    }

    public static ClusterAddress OfFirstSilo(int port, string id) => new(port, null, id);

    private static int? Port(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and < IPEndPoint.MaxPort ? port : null;
}
