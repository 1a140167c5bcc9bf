using MeshSim.Scenarios.Model;

namespace MeshSim.Scenarios.Engine;

/// <summary>Where calls go: some proxies or endpoints in turn, and the idle connections to them. Owned by one caller.</summary>
internal sealed class CallTarget(CallPoint[] points)
{
    private int turn;

    /// <summary>Connections without a request, the one used last on top.</summary>
    public Stack<long> Idle { get; } = new();

    /// <summary>The next in turn that is known at that time; any where none is.</summary>
    public CallPoint Next(long nowNs)
    {
        for (var i = 0; i < points.Length; i++)
        {
            if (points[turn++ % points.Length] is var point && point.Life?.IsKnownAt(nowNs) is not false)
            {
                return point;
            }
        }

        return points[turn++ % points.Length];
    }

    /// <summary>Takes a connection out of the idle ones; rare, so the stack is rebuilt. Returns whether it was there.</summary>
    public bool Forget(long number)
    {
        if (!Idle.Contains(number))
        {
            return false;
        }

        var kept = Idle.Where(other => other != number).Reverse().ToArray();
        Idle.Clear();
        foreach (var other in kept)
        {
            Idle.Push(other);
        }

        return true;
    }
}

/// <summary>Where a connection goes to.</summary>
/// <param name="Listener">Of a proxy: which of its listeners; −1 for an endpoint.</param>
internal readonly record struct CallPoint(int Entity, int Listener)
{
    /// <summary>When it is there; null for always.</summary>
    public ReplicaLife? Life { get; init; }

    public bool IsProxy => Listener >= 0;
}
