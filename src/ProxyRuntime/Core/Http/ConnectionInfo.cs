namespace MeshSim.ProxyRuntime.Core;

/// <summary>What is known of a downstream connection once its codec is chosen.</summary>
/// <param name="Listener">Name of the listener that accepted it.</param>
/// <param name="Remote">The direct peer.</param>
/// <param name="Local">The address it connected to.</param>
/// <param name="Protocol">What the codec speaks.</param>
public sealed record ConnectionInfo(string Listener, NetworkAddress Remote, NetworkAddress Local, HttpProtocol Protocol = HttpProtocol.Http11);
