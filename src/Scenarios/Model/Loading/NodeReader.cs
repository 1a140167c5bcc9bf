namespace MeshSim.Scenarios.Model;

/// <summary>Reads one node of a scenario.</summary>
internal static class NodeReader
{
    public static NodeModel Read(FieldReader fields, ReadingContext context)
    {
        context.SimulatedOnly(fields, "cpus");
        return new NodeModel(
            fields.Text("name", about: "what services call it by"),
            fields.Number("cpus", null, min: 0.01, max: 1024, about: "with more requests in own work than CPUs all of them are slower"),
            fields.DurationNs("slice", "1ms", "how often CPU time is shared out anew", positive: true)
        );
    }
}
