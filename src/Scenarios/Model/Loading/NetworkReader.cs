using MeshSim.ProxyRuntime.Config;

namespace MeshSim.Scenarios.Model;

/// <summary>Reads <c>network</c>.</summary>
internal static class NetworkReader
{
    public static NetworkModel Read(FieldReader root, ReadingContext context)
    {
        if (root.Object("network", "as below", "what every link takes") is not { } fields)
        {
            return new NetworkModel(50_000, 0);
        }

        var usual = Link(fields, new LinkModel(50_000, 0, 0, double.PositiveInfinity), context);
        var network = new NetworkModel(usual.FloorNs, usual.MeanNs)
        {
            Loss = usual.Loss,
            BytesPerSecond = usual.BytesPerSecond,
            LoopbackNs = fields.DurationNs("loopback", "10us", "one way between proxy and application of a pod"),
            ZoneLinks = fields.Each("between", "what is different between two zones, or within one", inner => ZoneLink(inner, usual, context)),
        };
        context.SimulatedOnly(fields, "between");
        context.SimulatedOnly(fields, "loopback");
        fields.End();
        return network;
    }

    private static ZoneLink ZoneLink(FieldReader fields, LinkModel usual, ReadingContext context)
    {
        var zones = fields
            .List("zones", required: true, about: "two names of zones; the same twice for links within it")
            .OfType<ConfigScalar>()
            .Select(static zone => zone.Text)
            .ToArray();
        if (zones.Length != 2 && !fields.IsDescribing)
        {
            fields.Problem("zones", "accepted are the names of two zones, for example [a, b]");
            zones = ["", ""];
        }

        var link = Link(fields, usual, context);
        return fields.IsDescribing ? new ZoneLink("", "", link) : new ZoneLink(zones[0], zones[1], link);
    }

    private static LinkModel Link(FieldReader fields, LinkModel usual, ReadingContext context)
    {
        var link = new LinkModel(
            fields.DurationNs("latency_floor", Units.Duration(usual.FloorNs), "the least one way takes, above 0"),
            fields.DurationNs("latency_mean", Units.Duration(usual.MeanNs), "mean of an exponential part on top"),
            fields.OptionalFraction("loss", "0", "share of the messages that is lost, and sent again after 200 ms, 400 ms and so on") ?? usual.Loss,
            fields.OptionalBandwidth("bandwidth", "no limit", "how fast the bytes of a message follow each other, such as 100Mbit/s") ?? usual.BytesPerSecond
        );
        if (link.FloorNs <= 0 && !fields.IsDescribing)
        {
            fields.Problem("latency_floor", "must be above 0; partitions run apart by no more than this");
        }

        if (link.Loss >= 1)
        {
            fields.Problem("loss", "must be below 1: a link that loses everything is a fault 'partition'");
        }

        context.SimulatedOnly(fields, "loss");
        context.SimulatedOnly(fields, "bandwidth");
        return link;
    }
}
