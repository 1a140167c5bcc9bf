using System.Globalization;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>Shares for people.</summary>
internal static class FractionText
{
    /// <summary><c>runtime_fraction 30 of 100 (runtime key 'x')</c>.</summary>
    public static string Of(string field, RuntimeFraction fraction)
    {
        var key = fraction.RuntimeKey.Length > 0 ? $" (runtime key '{fraction.RuntimeKey}')" : "";
        return string.Create(CultureInfo.InvariantCulture, $"{field} {fraction.Default.Numerator} of {fraction.Default.Denominator}{key}");
    }
}
