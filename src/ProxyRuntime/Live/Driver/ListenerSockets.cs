using System.Net;
using System.Net.Sockets;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Live;

/// <summary>The sockets that listeners accept on, one for each worker, by address: a listener that takes over the address of another takes over its sockets.</summary>
internal sealed class ListenerSockets(int workers) : IDisposable
{
    private readonly Lock gate = new();
    private readonly List<Bound> all = [];

    /// <summary>The addresses that are bound, by the names of the listeners that use them.</summary>
    public Dictionary<string, IPEndPoint> Addresses
    {
        get
        {
            lock (gate)
            {
                var addresses = new Dictionary<string, IPEndPoint>(StringComparer.Ordinal);
                foreach (var bound in all)
                {
                    addresses[bound.User.Name] = bound.Address; // Of two for a moment, the newer one.
                }

                return addresses;
            }
        }
    }

    /// <summary>Binds the address of a listener if it is not bound already.</summary>
    /// <exception cref="SocketException">It cannot be bound.</exception>
    public void Bind(ListenerSnapshot listener)
    {
        lock (gate)
        {
            if (Find(listener) is not null)
            {
                return;
            }

            var first = ListenerSocket.Bind(listener.Address);
            var sockets = new List<Socket> { first };
            try
            {
                var address = new NetworkAddress(listener.Address.Ip, ((IPEndPoint)first.LocalEndPoint!).Port);
                while (sockets.Count < workers)
                {
                    sockets.Add(ListenerSocket.Bind(address));
                }
            }
            catch
            {
                sockets.ForEach(static socket => socket.Dispose());
                throw;
            }

            all.Add(new Bound(listener, sockets));
        }
    }

    /// <summary>From now on the sockets of its address are this listener's.</summary>
    public IReadOnlyList<Socket> Take(ListenerSnapshot listener)
    {
        lock (gate)
        {
            var bound = Find(listener)!;
            bound.User = listener;
            bound.IsOpen = true;
            return bound.Sockets;
        }
    }

    /// <summary>The sockets of a listener, which are to be closed now; none if another one has taken them over.</summary>
    public IReadOnlyList<Socket> Release(ListenerSnapshot listener)
    {
        lock (gate)
        {
            if (all.Find(bound => ReferenceEquals(bound.User, listener)) is not { } found)
            {
                return [];
            }

            _ = all.Remove(found);
            return found.Sockets;
        }
    }

    /// <summary>What was bound and is not opened after all is let go.</summary>
    public void ReleaseUnused()
    {
        lock (gate)
        {
            foreach (var bound in all.Where(static bound => !bound.IsOpen))
            {
                bound.Dispose();
            }

            _ = all.RemoveAll(static bound => !bound.IsOpen);
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            all.ForEach(static bound => bound.Dispose());
        }
    }

    /// <summary>Port 0 stands for any port, another one for each listener.</summary>
    private Bound? Find(ListenerSnapshot listener) =>
        all.Find(bound => bound.User.Address.Equals(listener.Address) && (listener.Address.Port != 0 || bound.User.Name == listener.Name));

    private sealed class Bound(ListenerSnapshot user, IReadOnlyList<Socket> sockets) : IDisposable
    {
        public ListenerSnapshot User { get; set; } = user;

        public bool IsOpen { get; set; }

        public IReadOnlyList<Socket> Sockets => sockets;

        public IPEndPoint Address { get; } = (IPEndPoint)sockets[0].LocalEndPoint!;

        public void Dispose()
        {
            foreach (var socket in sockets)
            {
                socket.Dispose();
            }
        }
    }
}
