namespace MeshSim.ProxyRuntime.Core;

/// <summary>Where a schedule by weight begins whenever its hosts change: as if some picks had been made.</summary>
/// <param name="Seed">The balancer's.</param>
/// <param name="AnyPick">At any pick. Else, as Envoy did before 1.30, at one of the first: then heavy hosts always come first.</param>
internal readonly record struct ScheduleStart(ulong Seed, bool AnyPick = true)
{
    /// <summary>Envoy's runtime guard, true unless set. Envoy itself dropped it in 1.33; here it stays to show what was before.</summary>
    private const string Guard = "envoy.reloadable_features.edf_lb_host_scheduler_init_fix";

    public static ScheduleStart Of(ulong seed, RuntimeSnapshot runtime) => new(seed, runtime.Bool(Guard, true));

    /// <param name="hosts">How many there are, above 0.</param>
    public ulong Picks(int hosts) => AnyPick ? (uint)Seed % EdfScheduler.MaxWindUp : Seed % (ulong)hosts;
}
