namespace MeshSim.ProxyRuntime.Core;

/// <summary>locality_weighted_lb_config: the localities of one priority in turn by weight, as far as hosts are there to carry it.</summary>
internal sealed class LocalityScheduler
{
    private readonly int[] places;
    private readonly EdfScheduler? schedule;

    /// <param name="degraded">Degraded hosts are meant, not healthy ones.</param>
    /// <param name="seed">How far the schedule is wound forward.</param>
    public LocalityScheduler(HostSet set, bool degraded, ulong seed)
    {
        var weights = Array.ConvertAll(
            set.Localities,
            locality => locality.EffectiveWeight((degraded ? locality.Degraded : locality.Healthy).Length, set.Policy.OverprovisioningFactor)
        );
        places = [.. Enumerable.Range(0, weights.Length).Where(place => weights[place] > 0)];
        schedule = places.Length == 0 ? null : EdfScheduler.Build(places.Length, i => weights[places[i]], (uint)seed % EdfScheduler.MaxWindUp);
    }

    /// <summary>The place of the next locality; null when none is eligible.</summary>
    public int? Next() => schedule is null ? null : places[schedule.Next()];

    /// <summary>Which share of the picks each locality gets; none when none is eligible.</summary>
    public IEnumerable<(int Place, double Share)> Shares() => schedule is null ? [] : places.Zip(schedule.Shares());
}
