using MeshSim.Scenarios.Model;

namespace MeshSim.Scenarios.Engine;

/// <summary>A machine: hears from the endpoints on it how many requests are in own work, and tells them how fast that goes on.</summary>
internal sealed class NodeEntity(int id, string name, World world, NodeModel node) : Entity(id, name, world)
{
    private readonly SortedDictionary<int, int> working = [];
    private double told = 1;
    private bool isDue;

    public override void Begin() { }

    public override void Handle(in SimEvent e)
    {
        switch (e.Kind)
        {
            case EventKind.WantsCpu:
                working[e.Source] = (int)e.A;
                if (!isDue)
                {
                    isDue = true;
                    _ = Schedule(NextSliceNs(NowNs, node.SliceNs), EventKind.SharesCpu);
                }

                break;
            case EventKind.SharesCpu:
                isDue = false;
                Share(node.Speed(working.Values.Sum()));
                break;
            default:
                throw new InvalidOperationException($"A node has no event {e.Kind}.");
        }
    }

    /// <summary>The next moment at which CPU time is shared out.</summary>
    public static long NextSliceNs(long nowNs, long sliceNs) => ((nowNs / sliceNs) + 1) * sliceNs;

    private void Share(double speed)
    {
        if (BitConverter.DoubleToInt64Bits(speed) == BitConverter.DoubleToInt64Bits(told))
        {
            return;
        }

        told = speed;
        foreach (var endpoint in working.Keys)
        {
            SendWithin(endpoint, EventKind.GetsCpu, BitConverter.DoubleToInt64Bits(speed));
        }
    }
}
