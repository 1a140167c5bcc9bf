namespace MeshSim.Scenarios.Model;

/// <summary>
/// The number of replicas follows how busy their workers are, as a Kubernetes HorizontalPodAutoscaler has it: at each period
/// ⌈replicas · busy share / target⌉, left alone within a tenth of the target, and lowered only to the most of what it would have been
/// for a while.
/// </summary>
/// <param name="Least">At least so many, 1 or more.</param>
/// <param name="Most">At most so many.</param>
/// <param name="Target">Share of the workers that is to be busy, above 0 and up to 1.</param>
/// <param name="SyncNs">How often it looks.</param>
/// <param name="DownAfterNs">How long fewer have to be enough.</param>
public sealed record AutoscalerChange(
    string Service,
    int Least,
    int Most,
    double Target,
    long SyncNs,
    long DownAfterNs,
    long StartupNs,
    long PreStopNs,
    long DnsDelayNs
) : ServiceChange(Service, 0, StartupNs, PreStopNs, DnsDelayNs)
{
    private const double Tolerance = 0.1;

    /// <summary>How many there should be.</summary>
    /// <param name="busyShare">Of the workers of the replicas there are.</param>
    public int Wanted(int replicas, double busyShare)
    {
        var ratio = busyShare / Target;
        return Math.Abs(ratio - 1) <= Tolerance ? replicas : Math.Clamp((int)Math.Ceiling(replicas * ratio), Least, Most);
    }
}
