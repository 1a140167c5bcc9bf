using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using MeshSim.ProxyRuntime.Config;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Live;

/// <summary>The listeners of a live proxy: binds their addresses, opens and closes them in the workers, reads those that stand in a file.</summary>
internal sealed class LiveListeners(
    ImmutableArray<ListenerSnapshot> configured,
    IReadOnlyList<WorkerLoop> workers,
    AccessLogs logs,
    ListenersFile? file,
    Action<ReadResult> report
) : IDisposable
{
    private readonly ListenerSockets sockets = new(workers.Count);

    public IReadOnlyDictionary<string, IPEndPoint> Addresses => sockets.Addresses;

    /// <exception cref="LiveProxyStartException">An address is taken.</exception>
    public void BindConfigured()
    {
        foreach (var listener in configured)
        {
            if (TryPrepare(listener) is { } reason)
            {
                throw new LiveProxyStartException(reason);
            }
        }
    }

    /// <summary>Reads the file. What cannot be opened is refused, too: its address is bound and its logs are open when the core is told.</summary>
    /// <param name="current">The listeners that the proxy has.</param>
    public ListenersAnswer Read(ImmutableArray<ListenerSnapshot> current)
    {
        var result = file!.Read(current);
        report(result);
        var refused = new HashSet<string>(StringComparer.Ordinal);
        foreach (var listener in result.Answer.Listeners)
        {
            if (TryPrepare(listener) is { } reason)
            {
                _ = refused.Add(listener.Name);
                report(new ListenersResult(result.Answer, [new ConfigProblem(file.Path, 0, 0, "", reason)], []));
            }
        }

        return result.Answer.Without(refused);
    }

    /// <summary>What the core did not want opened is closed again.</summary>
    public void ReleaseUnused() => sockets.ReleaseUnused();

    public void Open(ListenerSnapshot listener)
    {
        var taken = sockets.Take(listener);
        var isNew = !configured.Contains(listener);
        for (var i = 0; i < workers.Count; i++)
        {
            var (worker, socket) = (workers[i], taken[i]);
            worker.Events.Post(() =>
            {
                if (isNew)
                {
                    worker.Driver.ListenerUpdate(listener);
                }

                worker.Open(listener, socket);
            });
        }
    }

    /// <param name="removed">Workers are told that it is gone.</param>
    public void Close(ListenerSnapshot listener, bool removed)
    {
        var released = sockets.Release(listener);
        for (var i = 0; i < workers.Count; i++)
        {
            var (worker, socket) = (workers[i], i < released.Count ? released[i] : null);
            worker.Events.Post(() =>
            {
                if (socket is not null)
                {
                    worker.CloseListener(socket);
                }

                if (removed)
                {
                    worker.Driver.ListenerRemoved(listener.Name);
                }
            });
        }
    }

    public void Dispose() => sockets.Dispose();

    /// <summary>Null, or why it cannot be opened.</summary>
    private string? TryPrepare(ListenerSnapshot listener)
    {
        try
        {
            logs.Add(listener);
            sockets.Bind(listener);
            return null;
        }
        catch (SocketException e)
        {
            return $"listener '{listener.Name}': cannot bind '{listener.Address}': {e.Message}";
        }
        catch (LiveProxyStartException e)
        {
            return $"listener '{listener.Name}': {e.Message}";
        }
    }
}
