namespace MeshSim.ProxyRuntime.Admin;

/// <summary>Where a share lies that was counted: Wilson's interval of 99.9 %.</summary>
public static class ShareInterval
{
    private const double Z = 3.290526731491899;

    public static (double Low, double High) Of(long count, long all)
    {
        if (all == 0)
        {
            return (0, 1);
        }

        var share = (double)count / all;
        var spread = 1 + (Z * Z / all);
        var middle = (share + (Z * Z / (2 * all))) / spread;
        var half = Z * Math.Sqrt((share * (1 - share) / all) + (Z * Z / (4.0 * all * all))) / spread;
        return (Math.Max(0, middle - half), Math.Min(1, middle + half));
    }
}
