namespace MeshSim.Scenarios.Model;

/// <summary>Reads one load of a scenario.</summary>
internal static class LoadReader
{
    public static LoadModel Read(FieldReader fields, long durationNs, ReadingContext context) =>
        new(
            fields.Text("to", about: "the proxy it goes to; its replicas are taken in turn"),
            fields.Rate("rate", about: "mean arrivals a second"),
            fields.DurationNs("from", "0s", "when it begins"),
            fields.OptionalDurationNs("until", "the end of the run", "when it ends") ?? durationNs,
            fields.Text("method", "GET", "of its requests"),
            fields.Text("path", "/", "of its requests"),
            fields.Text("host", "svc.local", "of its requests"),
            fields.DurationNs("timeout", "20s", "the client gives up after this")
        )
        {
            Zipf = ZipfReader.Read(fields),
        };
}
