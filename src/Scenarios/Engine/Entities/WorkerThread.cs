namespace MeshSim.Scenarios.Engine;

/// <summary>The thread of one worker: a request takes it some CPU time before anything comes of it, and what happens meanwhile waits its turn.</summary>
/// <param name="isRequest">Whether a request begins with an event.</param>
/// <param name="occupy">The thread is busy with a request from now on; it is told of the end by <see cref="Free"/>.</param>
/// <param name="handle">An event's turn has come.</param>
internal sealed class WorkerThread(Func<SimEvent, bool> isRequest, Action occupy, Action<SimEvent> handle)
{
    private readonly Queue<SimEvent> waiting = new();
    private SimEvent current;
    private bool isBusy;

    public void Take(in SimEvent e)
    {
        if (isBusy)
        {
            waiting.Enqueue(e);
        }
        else
        {
            Begin(e);
        }
    }

    /// <summary>The request has had its CPU time.</summary>
    public void Free()
    {
        isBusy = false;
        handle(current);
        while (!isBusy && waiting.TryDequeue(out var next))
        {
            Begin(next);
        }
    }

    private void Begin(in SimEvent e)
    {
        if (isRequest(e))
        {
            (isBusy, current) = (true, e);
            occupy();
        }
        else
        {
            handle(e);
        }
    }
}
