namespace MeshSim.Scenarios.Model;

/// <summary>Reads one entry of <c>changes</c>: <c>scale: {…}</c> or <c>rollout: {…}</c>.</summary>
internal static class ChangeReader
{
    public static ServiceChange? Read(FieldReader outer, ReadingContext context)
    {
        var scale = outer.Object("scale", "one of these", "so many replicas from now on; those that came last go first", oneOf: true);
        var rollout = outer.Object("rollout", "one of these", "every replica is replaced by a new one, some at a time", oneOf: true);
        context.SimulatedOnly(outer, "scale");
        context.SimulatedOnly(outer, "rollout");
        if (scale is null == rollout is null && !outer.IsDescribing)
        {
            outer.Problem(outer.Place, outer.Path, "give one of scale, rollout");
            return null;
        }

        var scaled = scale is null ? null : Scale(scale);
        var rolled = rollout is null ? null : Rollout(rollout);
        return scaled ?? rolled;
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
