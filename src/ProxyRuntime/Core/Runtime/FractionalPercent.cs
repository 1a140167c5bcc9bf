namespace MeshSim.ProxyRuntime.Core;

/// <summary>envoy.type.v3.FractionalPercent: so many of 100, 10,000 or 1,000,000.</summary>
/// <param name="Numerator">How many.</param>
/// <param name="Denominator">Of how many: 100, 10,000 or 1,000,000.</param>
public readonly record struct FractionalPercent(uint Numerator, uint Denominator = 100)
{
    public static readonly FractionalPercent Never = new(0);
    public static readonly FractionalPercent Always = new(100);

    /// <summary>True iff <paramref name="random"/> modulo the denominator is below the numerator.</summary>
    public bool Includes(ulong random) => random % Denominator < Numerator;
}
