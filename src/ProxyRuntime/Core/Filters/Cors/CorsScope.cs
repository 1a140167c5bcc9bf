namespace MeshSim.ProxyRuntime.Core;

/// <summary>What the CORS filters of one chain have in common in one worker: statistics under <c>http.&lt;stat_prefix&gt;.cors.</c>, randomness.</summary>
internal sealed class CorsScope(WorkerContext context, ConnectionManager manager)
{
    private readonly RandomStream random = context.Random.Derive("cors", manager.Snapshot.StatPrefix);

    public Counter OriginValid { get; } = context.Stats.Counter($"http.{manager.Snapshot.StatPrefix}.cors.origin_valid");

    public Counter OriginInvalid { get; } = context.Stats.Counter($"http.{manager.Snapshot.StatPrefix}.cors.origin_invalid");

    public bool Draw(RuntimeFraction share) => share.Enabled(context.Runtime, random.NextUInt64());
}
