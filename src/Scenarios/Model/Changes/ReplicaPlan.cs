using System.Collections.Immutable;

namespace MeshSim.Scenarios.Model;

/// <summary>All replicas a service ever has, and when each is there.</summary>
public sealed class ReplicaPlan
{
    private readonly List<ReplicaLife> lives = [];
    private readonly List<int> staying = [];

    private ReplicaPlan(int replicas)
    {
        for (var i = 0; i < replicas; i++)
        {
            Start(0, 0, 0);
        }
    }

    public static ImmutableArray<ReplicaLife> Of(ServiceRole service, IEnumerable<ServiceChange> changes)
    {
        var plan = new ReplicaPlan(service.Replicas);
        foreach (var change in changes.Where(change => change.Service == service.Name).OrderBy(static change => change.AtNs))
        {
            switch (change)
            {
                case ScaleChange scale:
                    plan.Scale(scale);
                    break;
                case RolloutChange rollout:
                    plan.RollOut(rollout);
                    break;
                case AutoscalerChange autoscaler:
                    plan.Reserve(autoscaler.Most);
                    break;
            }
        }

        return [.. plan.lives];
    }

    /// <summary>Those that may be started as the run goes on.</summary>
    private void Reserve(int most)
    {
        while (lives.Count < most)
        {
            lives.Add(new ReplicaLife(lives.Count, long.MaxValue, long.MaxValue, long.MaxValue, long.MaxValue));
        }
    }

    private void Scale(ScaleChange change)
    {
        while (staying.Count < change.Replicas)
        {
            Start(change.AtNs, change.StartupNs, change.DnsDelayNs);
        }

        while (staying.Count > change.Replicas)
        {
            Stop(staying[^1], change.AtNs, change);
        }
    }

    /// <summary>As many old ones stop as may be missing, as many new ones start as may be too many; then it waits until they listen.</summary>
    private void RollOut(RolloutChange change)
    {
        var usual = staying.Count;
        var old = new Queue<int>(staying);
        var (time, started, listening) = (change.AtNs, 0, 0);
        while (old.Count > 0 || started < usual)
        {
            for (var spare = old.Count + listening - (usual - change.Unavailable); spare > 0 && old.Count > 0; spare--)
            {
                Stop(old.Dequeue(), time, change);
            }

            for (var room = usual + change.Surge - (old.Count + started); room > 0 && started < usual; room--)
            {
                Start(time, change.StartupNs, change.DnsDelayNs);
                started++;
            }

            time += Math.Max(1, change.StartupNs);
            listening = started;
        }
    }

    private void Start(long nowNs, long startupNs, long dnsDelayNs)
    {
        staying.Add(lives.Count);
        lives.Add(new ReplicaLife(lives.Count, nowNs + startupNs, long.MaxValue, nowNs + startupNs + dnsDelayNs, long.MaxValue));
    }

    private void Stop(int replica, long nowNs, ServiceChange change)
    {
        _ = staying.Remove(replica);
        lives[replica] = lives[replica] with { ListensUntilNs = nowNs + change.PreStopNs, KnownUntilNs = nowNs + change.DnsDelayNs };
    }
}
