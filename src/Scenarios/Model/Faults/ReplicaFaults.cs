namespace MeshSim.Scenarios.Model;

/// <summary>The faults of one replica, sorted by what they do. Asked in the order of time.</summary>
internal sealed class ReplicaFaults
{
    private readonly FaultWindows hangs;
    private readonly FaultWindows refusals;
    private readonly FaultWindows downs;
    private readonly Brake[] brakes;
    private int firstBrake;

    public ReplicaFaults(IEnumerable<Fault> concerned)
    {
        Fault[] all = [.. concerned];
        Errors = [.. all.OfType<ErrorRateFault>()];
        Slows = [.. all.OfType<SlowFault>()];
        Downs = [.. all.Where(static fault => fault is DownFault or CrashFault)];
        hangs = new FaultWindows(all.OfType<HangFault>());
        refusals = new FaultWindows(all.OfType<RefuseFault>());
        downs = new FaultWindows(Downs);
        brakes = [.. Brakes(all)];
    }

    public ErrorRateFault[] Errors { get; }

    public SlowFault[] Slows { get; }

    /// <summary>Nobody listens while one of these acts.</summary>
    public Fault[] Downs { get; }

    public bool IsDown(long nowNs) => downs.Acts(nowNs);

    public bool Hangs(long nowNs) => hangs.Acts(nowNs);

    public bool Refuses(long nowNs) => refusals.Acts(nowNs);

    /// <summary>When work of that length is done that begins now: pauses stop it, stolen time makes it longer.</summary>
    public long FinishNs(long nowNs, long workNs)
    {
        while (firstBrake < brakes.Length && brakes[firstBrake].UntilNs <= nowNs)
        {
            firstBrake++;
        }

        var time = nowNs;
        for (var i = firstBrake; i < brakes.Length; i++)
        {
            var brake = brakes[i];
            var free = brake.FromNs - time;
            if (free > 0)
            {
                if (workNs <= free)
                {
                    break;
                }

                workNs -= free;
                time = brake.FromNs;
            }

            var within = brake.UntilNs - time;
            var possible = (long)(within * brake.Speed);
            if (workNs < possible)
            {
                return time + (long)(workNs / brake.Speed);
            }

            workNs -= possible;
            time = brake.UntilNs;
        }

        return time > long.MaxValue - workNs ? long.MaxValue : time + workNs;
    }

    /// <summary>Stretches in which work goes slower or not at all, in order and apart: where several act their speeds multiply.</summary>
    private static IEnumerable<Brake> Brakes(Fault[] all)
    {
        Fault[] slowing = [.. all.Where(static fault => fault is GcPauseFault or CpuStealFault).OrderBy(static fault => fault.FromNs)];
        long[] bounds = [.. slowing.SelectMany(static fault => new[] { fault.FromNs, fault.UntilNs }).Distinct().Order()];
        List<Fault> acting = [];
        var next = 0;
        for (var i = 0; i + 1 < bounds.Length; i++)
        {
            var from = bounds[i];
            _ = acting.RemoveAll(fault => fault.UntilNs <= from);
            while (next < slowing.Length && slowing[next].FromNs == from)
            {
                acting.Add(slowing[next++]);
            }

            if (acting.Count > 0)
            {
                yield return new Brake(
                    from,
                    bounds[i + 1],
                    acting.Aggregate(1.0, static (speed, fault) => fault is CpuStealFault steal ? speed * (1 - steal.Share) : 0)
                );
            }
        }
    }

    private readonly record struct Brake(long FromNs, long UntilNs, double Speed);
}
