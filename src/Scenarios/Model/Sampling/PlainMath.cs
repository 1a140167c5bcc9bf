namespace MeshSim.Scenarios.Model;

/// <summary>
/// Logarithm and exponential from IEEE additions, multiplications and divisions only, so that a run gives the same bytes on every
/// platform; the library functions may differ in the last bit. Relative error below 1e-14.
/// </summary>
public static class PlainMath
{
    private const double Ln2 = 0.693147180559945309417232;

    /// <summary>Natural logarithm of a positive, normal number.</summary>
    public static double Log(double x)
    {
        var bits = BitConverter.DoubleToInt64Bits(x);
        var exponent = (int)((bits >> 52) & 0x7FF) - 1022;
        var mantissa = BitConverter.Int64BitsToDouble((bits & 0xFFFFFFFFFFFFF) | (1022L << 52));
        if (mantissa < 0.70710678118654752)
        {
            mantissa *= 2;
            exponent--;
        }

        // ln m = 2 artanh((m − 1)/(m + 1)), with the argument at most 0.172.
        var s = (mantissa - 1) / (mantissa + 1);
        var square = s * s;
        var sum = 0.0;
        for (var k = 25; k >= 1; k -= 2)
        {
            sum = (sum * square) + (1.0 / k);
        }

        return (2 * s * sum) + (exponent * Ln2);
    }

    /// <summary>e to the power of <paramref name="x"/>, for −700 to 700.</summary>
    public static double Exp(double x)
    {
        var k = Math.Floor((x / Ln2) + 0.5);
        var rest = x - (k * Ln2);
        var sum = 1.0;
        for (var n = 18; n >= 1; n--)
        {
            sum = 1 + (rest * sum / n);
        }

        return sum * BitConverter.Int64BitsToDouble((1023L + (long)k) << 52);
    }
}
