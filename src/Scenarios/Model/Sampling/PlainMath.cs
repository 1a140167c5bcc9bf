namespace MeshSim.Scenarios.Model;

/// <summary>
/// Elementary functions from IEEE additions, multiplications, divisions and square roots only, so that a run gives the same bytes on every
/// platform; the library functions may differ in the last bit. Relative error of logarithm and exponential below 1e-14.
/// </summary>
public static partial class PlainMath
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

    /// <summary>A positive number to any power.</summary>
    public static double Pow(double x, double power) => Exp(Math.Clamp(power * Log(x), -700, 700));

    /// <summary>Sine of so many turns, by its series on the eighth of a turn around.</summary>
    public static double SineOfTurns(double turns)
    {
        var part = turns - Math.Floor(turns);
        var (quarter, sign) = part < 0.5 ? (part, 1.0) : (part - 0.5, -1.0);
        var x = (quarter <= 0.25 ? quarter : 0.5 - quarter) * 2 * Pi;
        var square = x * x;
        var sum = 1.0;
        for (var n = 20; n >= 2; n -= 2)
        {
            sum = 1 - (square * sum / (n * (n + 1)));
        }

        return sign * x * sum;
    }

    /// <summary>Logarithm of the gamma function of a positive number, by Lanczos' approximation; error below 1e-13 of the result and 1.</summary>
    public static double LogGamma(double x)
    {
        const double g = 7;
        var z = x - 1;
        var sum = Lanczos[0];
        for (var i = 1; i < Lanczos.Length; i++)
        {
            sum += Lanczos[i] / (z + i);
        }

        var t = z + g + 0.5;
        return x < 0.5 ? LogGamma(x + 1) - Log(x) : (0.5 * Log(2 * Pi)) + ((z + 0.5) * Log(t)) - t + Log(sum);
    }

    private const double Pi = 3.14159265358979323846;

    private static readonly double[] Lanczos =
    [
        0.99999999999980993,
        676.5203681218851,
        -1259.1392167224028,
        771.32342877765313,
        -176.61502916214059,
        12.507343278686905,
        -0.13857109526572012,
        9.9843695780195716e-6,
        1.5056327351493116e-7,
    ];
}
