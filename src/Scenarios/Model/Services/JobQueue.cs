namespace MeshSim.Scenarios.Model;

/// <summary>Requests that wait for a worker. Those withdrawn stay until their turn comes, and are passed over then.</summary>
/// <param name="dropped">Told of those when they are passed over.</param>
internal sealed class JobQueue<TJob>(QueueDiscipline discipline, Action<TJob> dropped)
    where TJob : ServiceJob
{
    private readonly Queue<TJob>[] levels =
    [
        .. Enumerable.Range(0, discipline == QueueDiscipline.Priority ? ServiceJob.LeastPriority + 1 : 1).Select(static _ => new Queue<TJob>()),
    ];
    private readonly Stack<TJob> latest = new();

    public int Count { get; private set; }

    public void Add(TJob job)
    {
        job.State = JobState.Waiting;
        Count++;
        if (discipline == QueueDiscipline.Lifo)
        {
            latest.Push(job);
        }
        else
        {
            levels[discipline == QueueDiscipline.Priority ? job.Priority : 0].Enqueue(job);
        }
    }

    /// <summary>The job is not waiting any more.</summary>
    public void Withdraw(TJob job)
    {
        job.State = JobState.Withdrawn;
        Count--;
    }

    public bool TryTake(out TJob job)
    {
        while (TryTakeAny(out job))
        {
            if (job.State == JobState.Waiting)
            {
                Count--;
                return true;
            }

            job.State = JobState.None;
            dropped(job);
        }

        return false;
    }

    /// <summary>All that wait; afterwards nobody does.</summary>
    public List<TJob> TakeAll()
    {
        List<TJob> all = [];
        while (TryTake(out var job))
        {
            job.State = JobState.None;
            all.Add(job);
        }

        return all;
    }

    private bool TryTakeAny(out TJob job)
    {
        if (latest.TryPop(out job!))
        {
            return true;
        }

        foreach (var level in levels)
        {
            if (level.TryDequeue(out job!))
            {
                return true;
            }
        }

        return false;
    }
}
