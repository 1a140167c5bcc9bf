namespace MeshSim.Scenarios.Engine;

/// <summary>The requests at one endpoint.</summary>
internal sealed class JobPool
{
    private readonly List<EndpointJob> jobs = [];
    private readonly Stack<EndpointJob> free = new();
    private readonly Presence presence = new();

    /// <summary>A job for a request that has come.</summary>
    public EndpointJob Rent(long nowNs)
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
        job.EnteredNs = nowNs;
        presence.Enter(nowNs);
        return job;
    }

    /// <summary>The job an event is for; null if that is over.</summary>
    public EndpointJob? Find(long number, long use) => jobs[(int)number] is var job && job.Use == use ? job : null;

    /// <summary>A job that is known not to be over.</summary>
    public EndpointJob At(long number) => jobs[(int)number];

    /// <summary>It is over, whether or not its job can be used again already.</summary>
    public void End(EndpointJob job, long nowNs)
    {
        job.Use++;
        presence.Leave(nowNs, job.EnteredNs);
        job.EnteredNs = EndpointJob.IsOver;
    }

    /// <summary>A job that is over can be used again.</summary>
    public void Return(EndpointJob job)
    {
        job.Calls.Clear();
        free.Push(job);
    }

    /// <summary>All are over.</summary>
    public void Clear(long nowNs)
    {
        free.Clear();
        foreach (var job in jobs)
        {
            if (job.EnteredNs != EndpointJob.IsOver)
            {
                End(job, nowNs);
            }

            Return(job);
        }
    }

    /// <inheritdoc cref="Presence.Check"/>
    public void Check(string name, long nowNs) =>
        presence.Check(name, nowNs, jobs.Select(static job => job.EnteredNs).Where(static entered => entered != EndpointJob.IsOver));
}
