namespace MeshSim.Scenarios.Model;

/// <summary>Reads <c>network</c>.</summary>
internal static class NetworkReader
{
    public static NetworkModel Read(FieldReader root)
    {
        if (root.Object("network", "as below", "what every link takes") is not { } fields)
        {
            return new NetworkModel(50_000, 0);
        }

        var network = new NetworkModel(
            fields.DurationNs("latency_floor", "50us", "the least one way takes, above 0"),
            fields.DurationNs("latency_mean", "0us", "mean of an exponential part on top")
        );
        if (network.LatencyFloorNs <= 0)
        {
            fields.Problem("latency_floor", "must be above 0; partitions run apart by no more than this");
        }

        fields.End();
        return network;
    }
}
