namespace MeshSim.Scenarios.Engine;

/// <summary>
/// The own work of one endpoint on a node: when each request's is done at the speed the node gives, and what the node is told. A change
/// reaches the other side a little later, at the slices of the node.
/// </summary>
/// <param name="node">The node's entity.</param>
internal sealed class CpuShare(EndpointEntity endpoint, int node, long sliceNs)
{
    private readonly List<EndpointJob> working = [];
    private double speed = 1;
    private int told;
    private bool isDue;

    /// <summary>Work begins that would be done at that time on a CPU of its own.</summary>
    public void Begin(EndpointJob job, long endsNs)
    {
        (job.WorkLeftNs, job.WorkSinceNs, job.WorkIndex) = (endsNs - endpoint.NowNs, endpoint.NowNs, working.Count);
        working.Add(job);
        Arm(job);
        Tell();
    }

    /// <summary>Its work is done.</summary>
    public void Done(EndpointJob job) => Remove(job);

    /// <summary>It is given up, in the middle of work or not.</summary>
    public void Withdraw(EndpointJob job)
    {
        if (job.WorkIndex >= 0)
        {
            endpoint.Partition.Cancel(job.WorkEnds);
            Remove(job);
        }
    }

    /// <summary>The process ends.</summary>
    public void Clear()
    {
        while (working.Count > 0)
        {
            Withdraw(working[^1]);
        }
    }

    /// <summary>The node gives another speed.</summary>
    public void Become(double next)
    {
        foreach (var job in working)
        {
            job.WorkLeftNs = Math.Max(0, job.WorkLeftNs - (long)((endpoint.NowNs - job.WorkSinceNs) * speed));
            job.WorkSinceNs = endpoint.NowNs;
            endpoint.Partition.Cancel(job.WorkEnds);
        }

        speed = next;
        working.ForEach(Arm);
    }

    /// <summary>A slice is over: the node is told, if anything has changed.</summary>
    public void OnSlice()
    {
        isDue = false;
        if (working.Count != told)
        {
            told = working.Count;
            endpoint.SendWithin(node, EventKind.WantsCpu, told);
        }
    }

    private void Arm(EndpointJob job) =>
        job.WorkEnds = endpoint.Schedule(endpoint.NowNs + (long)Math.Ceiling(job.WorkLeftNs / speed), EventKind.ServiceEnds, job.Number, job.Use);

    private void Remove(EndpointJob job)
    {
        var last = working[^1];
        (working[job.WorkIndex], last.WorkIndex) = (last, job.WorkIndex);
        working.RemoveAt(working.Count - 1);
        job.WorkIndex = -1;
        Tell();
    }

    private void Tell()
    {
        if (!isDue)
        {
            isDue = true;
            _ = endpoint.Schedule(NodeEntity.NextSliceNs(endpoint.NowNs, sliceNs), EventKind.TellsCpu);
        }
    }
}
