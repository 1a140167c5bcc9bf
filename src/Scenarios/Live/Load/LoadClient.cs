using MeshSim.ProxyRuntime.Core;
using MeshSim.Scenarios.Model;

namespace MeshSim.Scenarios.Live;

/// <summary>
/// An open-loop client on real sockets: requests go out at the moments the arrival process says, whether answers come or not, over as many
/// keep-alive connections as it takes. Latency counts from the intended moment, so that a client which comes late, or waits for a
/// connection, does not hide what its users would have waited.
/// </summary>
internal sealed class LoadClient
{
    private readonly TimedLoop loop;
    private readonly RunClock clock;
    private readonly LoadTarget target;
    private readonly LinkTime? link;
    private readonly ClientRecorder recorder;
    private readonly LatencyHistogram lateness;
    private readonly ArrivalProcess arrivals;
    private readonly RequestDraw draw;
    private readonly RequestHeads[] requests;
    private readonly HashSet<LoadConnection> connections = [];
    private readonly Stack<LoadConnection> idle = new();
    private readonly Queue<LoadRequest> waiting = new();
    private int turn;
    private int underWay;
    private bool allSent;
    private bool stopped;

    /// <param name="link">The links to the target; null for none beside what is really there.</param>
    /// <param name="lateness">Takes how much later than intended each request was sent, microseconds.</param>
    public LoadClient(
        TimedLoop loop,
        RunClock clock,
        LoadTarget target,
        LinkTime? link,
        RandomSource random,
        ClientRecorder recorder,
        LatencyHistogram lateness
    )
    {
        this.loop = loop;
        this.clock = clock;
        this.target = target;
        this.link = link;
        this.recorder = recorder;
        this.lateness = lateness;
        arrivals = ArrivalProcess.Of(target.Load, random);
        draw = new RequestDraw(target.Load, random);
        requests = [.. target.Requests];
    }

    /// <summary>All requests were sent and are over.</summary>
    public bool IsDone => allSent && underWay == 0;

    /// <summary>The run has begun; in the loop's thread.</summary>
    public void Begin() => ScheduleNext();

    /// <summary>Sends no more and counts no more; connections stay open, so that proxies do not count their end.</summary>
    public void Stop() => stopped = true;

    /// <summary>Stops, and closes its connections.</summary>
    public void Close()
    {
        Stop();
        foreach (var connection in connections)
        {
            connection.Close();
        }

        connections.Clear();
    }

    /// <summary>An answer is complete.</summary>
    /// <param name="keep">The connection takes another request.</param>
    public void OnAnswer(LoadConnection connection, LoadRequest request, int status, bool keep)
    {
        if (!keep)
        {
            _ = connections.Remove(connection);
        }

        After(link?.BackNs(request.DebtNs) ?? 0, now => Answered(now, connection, request, status));
    }

    /// <summary>A connection has ended.</summary>
    /// <param name="request">The request that was under way; null for none.</param>
    public void OnGone(LoadConnection connection, LoadRequest? request)
    {
        _ = connections.Remove(connection);
        if (request is not null)
        {
            After(link?.WholeNs() ?? 0, now => End(now, request, status: 0));
        }

        SendWaiting();
    }

    private void ScheduleNext()
    {
        if (arrivals.NextNs() is { } next)
        {
            loop.At(clock.ToLoopNs(next), Arrive);
        }
        else
        {
            allSent = true;
        }
    }

    private void Arrive(long intendedNs)
    {
        if (stopped)
        {
            return;
        }

        lateness.Record((loop.NowNs - intendedNs) / 1000);
        recorder.Sent(clock.ToRunNs(intendedNs));
        underWay++;
        var (kind, key) = draw.Next(arrivals.Kind);
        var request = new LoadRequest(requests[kind], key, intendedNs);
        loop.At(intendedNs + target.Load.TimeoutNs, now => GiveUp(now, request));
        Send(request, intendedNs);
        ScheduleNext();
    }

    /// <param name="fromNs">When it sets out: as intended, or when a connection became free.</param>
    private void Send(LoadRequest request, long fromNs)
    {
        var there = link?.ThereNs(out var debt) ?? Nothing(out debt);
        request.DebtNs = debt;
        if (TakeIdle() is { } reused)
        {
            Go(request, reused, fromNs + there);
        }
        else if (connections.Count >= target.MaxConnections)
        {
            waiting.Enqueue(request);
        }
        else if (LoadConnection.Open(loop, this, target.Addresses[turn++ % target.Addresses.Length]) is { } opened)
        {
            _ = connections.Add(opened);
            Go(request, opened, fromNs + there + (link is null ? 0 : link.WholeNs() + link.WholeNs())); // The handshake goes there and back.
        }
        else
        {
            End(loop.NowNs, request, status: 0);
        }
    }

    private void Go(LoadRequest request, LoadConnection connection, long dueNs)
    {
        request.Connection = connection;
        connection.Take(request);
        if (dueNs <= loop.NowNs)
        {
            connection.Send();
        }
        else
        {
            loop.At(dueNs, _ => SendIfStill(request, connection));
        }
    }

    private static void SendIfStill(LoadRequest request, LoadConnection connection)
    {
        if (!request.IsOver && connection.Request == request)
        {
            connection.Send();
        }
    }

    private LoadConnection? TakeIdle()
    {
        while (idle.TryPop(out var connection))
        {
            if (!connection.IsClosed)
            {
                return connection;
            }
        }

        return null;
    }

    private void Answered(long nowNs, LoadConnection connection, LoadRequest request, int status)
    {
        End(nowNs, request, status);
        if (!connection.IsClosed)
        {
            idle.Push(connection);
        }

        SendWaiting();
    }

    private void SendWaiting()
    {
        while (!stopped && waiting.TryPeek(out var next) && (next.IsOver || idle.Count > 0 || connections.Count < target.MaxConnections))
        {
            _ = waiting.Dequeue();
            if (!next.IsOver)
            {
                Send(next, loop.NowNs);
            }
        }
    }

    private void GiveUp(long nowNs, LoadRequest request)
    {
        if (request.IsOver)
        {
            return;
        }

        End(nowNs, request, status: 0);
        if (request.Connection is { } connection && connection.Request == request)
        {
            connection.Close();
            _ = connections.Remove(connection);
            SendWaiting();
        }
    }

    private void End(long nowNs, LoadRequest request, int status)
    {
        if (!stopped && !request.IsOver)
        {
            request.IsOver = true;
            underWay--;
            recorder.Answered(clock.ToRunNs(request.IntendedNs), clock.ToRunNs(nowNs), status);
        }
    }

    /// <summary>What the machine itself takes has been taken already.</summary>
    private void After(long delayNs, Action<long> action)
    {
        if (delayNs == 0)
        {
            action(loop.NowNs);
        }
        else
        {
            loop.At(loop.NowNs + delayNs, action);
        }
    }

    private static long Nothing(out long debtNs)
    {
        debtNs = 0;
        return 0;
    }
}
