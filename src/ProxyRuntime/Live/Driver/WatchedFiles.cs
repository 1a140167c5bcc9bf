using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Live;

/// <summary>The files that resources stand in: read when somebody asks for them, and again whenever one is moved into its place.</summary>
internal sealed class WatchedFiles(EventLoop events) : ISocketHandler, IDisposable
{
    private readonly List<(FileSourceSnapshot Source, Action Read)> watched = [];
    private Inotify? moves;

    /// <summary>It is read for the first time in a later round.</summary>
    public void Watch(FileSourceSnapshot source, Action read)
    {
        if (moves is null)
        {
            moves = new Inotify();
            events.Register(moves.Descriptor, this, Epoll.In);
        }

        moves.Watch(source.Folder);
        watched.Add((source, read));
        events.Post(read);
    }

    public void OnReady(bool readable, bool writable)
    {
        foreach (var (folder, name) in moves!.Take())
        {
            foreach (var (source, read) in watched)
            {
                if (source.Folder == folder && source.IsToldBy(name))
                {
                    read();
                }
            }
        }
    }

    public void Dispose() => moves?.Dispose();
}
