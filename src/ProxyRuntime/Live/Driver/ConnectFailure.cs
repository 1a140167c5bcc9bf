using System.Net.Sockets;

namespace MeshSim.ProxyRuntime.Live;

/// <summary>Why a connection could not be made, in the words of Envoy's transport failure reason.</summary>
internal static class ConnectFailure
{
    public static string Text(SocketError error) =>
        "delayed connect error: "
        + error switch
        {
            SocketError.ConnectionRefused => "Connection refused",
            SocketError.HostUnreachable => "No route to host",
            SocketError.NetworkUnreachable => "Network is unreachable",
            SocketError.ConnectionReset => "Connection reset by peer",
            SocketError.TimedOut => "Connection timed out",
            SocketError.TooManyOpenSockets => "Too many open files",
            _ => error.ToString(),
        };
}
