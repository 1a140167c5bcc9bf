namespace MeshSim.Scenarios.Engine;

/// <summary>Who is at the other end of a connection to a simulated proxy: a client, or a worker of another proxy.</summary>
/// <param name="Entity">The client or the proxy.</param>
/// <param name="Number">Its own number for the connection.</param>
/// <param name="Worker">The worker that made it; −1 for a client.</param>
internal readonly record struct DownstreamPeer(int Entity, long Number, int Worker = -1)
{
    public bool IsProxy => Worker >= 0;
}
