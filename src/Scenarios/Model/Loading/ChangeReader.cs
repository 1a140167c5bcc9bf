namespace MeshSim.Scenarios.Model;

/// <summary>Reads one entry of <c>changes</c>: <c>scale: {…}</c>, <c>rollout: {…}</c> or <c>autoscaler: {…}</c>.</summary>
internal static class ChangeReader
{
    public static ServiceChange? Read(FieldReader outer, ReadingContext context)
    {
        var scale = outer.Object("scale", "one of these", "so many replicas from now on; those that came last go first", oneOf: true);
        var rollout = outer.Object("rollout", "one of these", "every replica is replaced by a new one, some at a time", oneOf: true);
        var autoscaler = outer.Object("autoscaler", "one of these", "the number of replicas follows how busy their workers are", oneOf: true);
        context.SimulatedOnly(outer, "autoscaler");
        context.SimulatedOnly(outer, "scale");
        context.SimulatedOnly(outer, "rollout");
        if (new[] { scale, rollout, autoscaler }.Count(static given => given is not null) != 1 && !outer.IsDescribing)
        {
            outer.Problem(outer.Place, outer.Path, "give one of scale, rollout, autoscaler");
            return null;
        }

        // All of them are read, as all are described.
        var scaled = scale is null ? null : Scale(scale);
        var rolled = rollout is null ? null : Rollout(rollout);
        var automatic = autoscaler is null ? null : Autoscaler(autoscaler);
        return scaled ?? rolled ?? automatic;
    }

    private static ServiceChange Autoscaler(FieldReader fields)
    {
        var change = new AutoscalerChange(
            fields.Text("service", about: "which"),
            fields.Integer("min", 1, 1, 10_000, "at least so many replicas"),
            fields.RequiredInteger("max", 1, 10_000, "at most so many"),
            fields.Fraction("target", "70%", "share of the workers that is to be busy, above 0"),
            fields.DurationNs("sync", "15s", "how often it looks", positive: true),
            fields.DurationNs("down_after", "300s", "how long fewer have to be enough before replicas go"),
            Startup(fields),
            PreStop(fields),
            DnsDelay(fields)
        );
        if (!fields.IsDescribing && (change.Most < change.Least || change.Target <= 0))
        {
            fields.Problem(change.Target <= 0 ? "target" : "max", change.Target <= 0 ? "must be above 0" : "must not be below 'min'");
        }

        fields.End();
        return change;
    }

    private static ServiceChange Scale(FieldReader fields)
    {
        var change = new ScaleChange(
            fields.Text("service", about: "which"),
            fields.DurationNs("at", about: "when"),
            fields.RequiredInteger("replicas", 0, 10_000, "how many there are then"),
            Startup(fields),
            PreStop(fields),
            DnsDelay(fields)
        );
        fields.End();
        return change;
    }

    private static ServiceChange Rollout(FieldReader fields)
    {
        var change = new RolloutChange(
            fields.Text("service", about: "which"),
            fields.DurationNs("at", about: "when"),
            fields.Integer("surge", 1, 0, 10_000, "so many more than usual at once"),
            fields.Integer("unavailable", 0, 0, 10_000, "so many fewer than usual that listen"),
            Startup(fields),
            PreStop(fields),
            DnsDelay(fields)
        );
        if (change.Surge + change.Unavailable == 0 && !fields.IsDescribing)
        {
            fields.Problem("surge", "with 'surge' and 'unavailable' both 0 nothing can be replaced");
        }

        fields.End();
        return change;
    }

    private static long Startup(FieldReader fields) => fields.DurationNs("startup", "0s", "how long a new replica takes until it listens and is ready");

    private static long PreStop(FieldReader fields) =>
        fields.DurationNs("pre_stop", "0s", "how long one that is to go still listens; then its connections are reset and new ones refused");

    private static long DnsDelay(FieldReader fields) => fields.DurationNs("dns_delay", "0s", "how much later DNS says so");
}
