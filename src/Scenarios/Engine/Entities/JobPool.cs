namespace MeshSim.Scenarios.Engine;

/// <summary>The requests at one endpoint.</summary>
internal sealed class JobPool
{
    private readonly List<EndpointJob> jobs = [];
    private readonly Stack<EndpointJob> free = new();

    /// <summary>A job for a request that has come.</summary>
    public EndpointJob Rent()
    {
        if (!free.TryPop(out var job))
        {
            job = new EndpointJob(jobs.Count);
            jobs.Add(job);
        }

        job.Use++;
        job.Step = 0;
        job.Question = null;
        job.DeadlineNs = long.MaxValue;
        return job;
    }

    /// <summary>The job an event is for; null if that is over.</summary>
    public EndpointJob? Find(long number, long use) => jobs[(int)number] is var job && job.Use == use ? job : null;

    /// <summary>A job that is known not to be over.</summary>
    public EndpointJob At(long number) => jobs[(int)number];

    /// <summary>It is over.</summary>
    public void Return(EndpointJob job)
    {
        job.Use++;
        job.Calls.Clear();
        free.Push(job);
    }

    /// <summary>All are over.</summary>
    public void Clear()
    {
        free.Clear();
        foreach (var job in jobs)
        {
            Return(job);
        }
    }
}
