namespace MeshSim.Scenarios.Engine;

/// <summary>
/// The sending side of an entity: requests over as many keep-alive connections as it takes, one at a time on each, to proxies or
/// endpoints. Of each request it tells once how it ended.
/// </summary>
/// <param name="done">Told how each request ended.</param>
internal sealed class Caller(Entity entity, World world, RequestDone done)
{
    private readonly Dictionary<long, Connection> connections = [];
    private long lastConnection;

    /// <summary>Sends a request. Returns the number of its connection, by which it can be given up.</summary>
    public long Send(CallTarget target, in OutgoingRequest request)
    {
        if (target.Idle.TryPop(out var reused))
        {
            var connection = connections[reused];
            Arm(reused, connection, request);
            Request(reused, connection);
            return reused;
        }

        var opened = new Connection(target, target.Next(entity.NowNs));
        var number = ++lastConnection;
        connections[number] = opened;
        Arm(number, opened, request);
        _ = opened.Point.IsProxy
            ? entity.Send(opened.Point.Entity, EventKind.DownstreamOpen, number, opened.Point.Listener)
            : entity.Send(opened.Point.Entity, EventKind.Connect, 0, number);
        return number;
    }

    /// <summary>Nobody waits for the answer any more: the connection is closed.</summary>
    public void Abandon(long number)
    {
        if (connections.Remove(number, out var connection))
        {
            entity.Partition.Cancel(connection.GiveUp);
            Close(number, connection);
        }
    }

    /// <summary>The process ends: all connections are closed, nothing is told.</summary>
    public void Stop()
    {
        foreach (var (number, connection) in connections)
        {
            entity.Partition.Cancel(connection.GiveUp);
            connection.Target.Idle.Clear();
            Close(number, connection);
        }

        connections.Clear();
    }

    /// <summary>Takes an event of a connection of its own; returns false for any other.</summary>
    public bool Handle(in SimEvent e)
    {
        switch (e.Kind)
        {
            case EventKind.ClientConnected:
                OnConnected(e.A);
                return true;
            case EventKind.UpstreamConnected:
                OnConnected(e.B);
                return true;
            case EventKind.ClientResponse:
                OnResponse(e.A, e.C);
                return true;
            case EventKind.UpstreamResponse:
                OnResponse(e.B, e.C & 0xFFFF);
                return true;
            case EventKind.ClientClosed:
                OnClosed(e.A);
                return true;
            case EventKind.UpstreamRefused:
            case EventKind.UpstreamClosed:
                OnClosed(e.B);
                return true;
            case EventKind.GiveUp:
                OnGiveUp(e.A);
                return true;
            default:
                return false;
        }
    }

    private void Arm(long number, Connection connection, in OutgoingRequest request)
    {
        connection.Pending = request;
        connection.SentNs = entity.NowNs;
        connection.GiveUp = entity.Schedule(entity.NowNs + request.TimeoutNs, EventKind.GiveUp, number);
    }

    /// <summary>The number of the connection stands for the attempt, too: there is one at a time.</summary>
    private void Request(long number, Connection connection)
    {
        var request = connection.Pending;
        var target = connection.Point.Entity;
        connection.LastArrivalNs = connection.Point.IsProxy
            ? entity.Send(target, EventKind.DownstreamRequest, number, Facts(request.Template, request), request.Key, connection.LastArrivalNs)
            : entity.Send(
                target,
                EventKind.Request,
                new ServiceCall(0, number, 0).Code,
                number,
                Facts(world.TraitsOfTemplate(request.Template), request),
                connection.LastArrivalNs
            );
    }

    private int Facts(int number, in OutgoingRequest request) => RequestFacts.Put(entity.Partition.Contents, number, request.RequestId.Span);

    private void OnConnected(long number)
    {
        if (connections.TryGetValue(number, out var connected))
        {
            Request(number, connected);
        }
    }

    private void OnResponse(long number, int status)
    {
        if (connections.TryGetValue(number, out var connection))
        {
            entity.Partition.Cancel(connection.GiveUp);
            connection.Target.Idle.Push(number);
            done(connection.Pending.Owner, number, connection.SentNs, status);
        }
    }

    private void OnClosed(long number)
    {
        // Closed while it was idle, or in the middle of a request.
        if (connections.Remove(number, out var connection) && !connection.Target.Forget(number))
        {
            entity.Partition.Cancel(connection.GiveUp);
            done(connection.Pending.Owner, number, connection.SentNs, 0);
        }
    }

    private void OnGiveUp(long number)
    {
        if (connections.Remove(number, out var connection))
        {
            Close(number, connection);
            done(connection.Pending.Owner, number, connection.SentNs, 0);
        }
    }

    private void Close(long number, Connection connection) =>
        _ = connection.Point.IsProxy
            ? entity.Send(connection.Point.Entity, EventKind.DownstreamGone, number, notBeforeNs: connection.LastArrivalNs)
            : entity.Send(connection.Point.Entity, EventKind.Gone, 0, number, notBeforeNs: connection.LastArrivalNs);

    private sealed class Connection(CallTarget target, CallPoint point)
    {
        public CallTarget Target => target;

        public CallPoint Point => point;

        public OutgoingRequest Pending { get; set; }

        public long SentNs { get; set; }

        /// <summary>When what was last said on it arrives; a connection keeps the order.</summary>
        public long LastArrivalNs { get; set; }

        public EventHandle GiveUp { get; set; }
    }
}
