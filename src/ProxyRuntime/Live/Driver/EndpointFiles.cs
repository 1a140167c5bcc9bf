using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Live;

/// <summary>The files that endpoints of clusters stand in: read when a cluster asks for them, and again whenever one is moved into its place.</summary>
internal sealed class EndpointFiles(EventLoop events, EndpointReader reader, Action<string, EndpointsAnswer> tell) : ISocketHandler, IDisposable
{
    private readonly List<ClusterSnapshot> watched = [];
    private Inotify? moves;

    /// <summary>The first answer comes in a later round.</summary>
    public void Watch(ClusterSnapshot cluster)
    {
        if (moves is null)
        {
            moves = new Inotify();
            events.Register(moves.Descriptor, this, Epoll.In);
        }

        moves.Watch(cluster.Eds!.Folder);
        watched.Add(cluster);
        events.Post(() => Read(cluster));
    }

    public void OnReady(bool readable, bool writable)
    {
        foreach (var (folder, name) in moves!.Take())
        {
            foreach (var cluster in watched.Where(cluster => cluster.Eds!.Folder == folder && cluster.Eds.IsToldBy(name)))
            {
                Read(cluster);
            }
        }
    }

    public void Dispose() => moves?.Dispose();

    private void Read(ClusterSnapshot cluster) => tell(cluster.Name, reader.Read(cluster));
}
