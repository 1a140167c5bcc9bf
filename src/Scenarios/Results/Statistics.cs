namespace MeshSim.Scenarios.Results;

/// <summary>The quantiles that results show.</summary>
public static class Quantiles
{
    public static IReadOnlyList<(string Name, double Quantile)> All { get; } = [("p50", 0.5), ("p90", 0.9), ("p95", 0.95), ("p99", 0.99), ("p99.9", 0.999)];
}

/// <summary>Wilson's interval of a share: good for shares near 0 and 1, too.</summary>
public static class Wilson
{
    private const double Z95 = 1.959963984540054;

    /// <summary>The 95 % interval of <paramref name="successes"/> out of <paramref name="trials"/>; 0 to 1 when there were none.</summary>
    public static (double Low, double High) Interval(long successes, long trials)
    {
        if (trials == 0)
        {
            return (0, 1);
        }

        var share = (double)successes / trials;
        var square = Z95 * Z95;
        var middle = share + (square / (2 * trials));
        var half = Z95 * Math.Sqrt((share * (1 - share) / trials) + (square / (4.0 * trials * trials)));
        var scale = 1 + (square / trials);
        return (Math.Max(0, (middle - half) / scale), Math.Min(1, (middle + half) / scale));
    }
}
