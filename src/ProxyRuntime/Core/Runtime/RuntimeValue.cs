namespace MeshSim.ProxyRuntime.Core;

/// <summary>One entry of the runtime: its text, and what else it can be read as.</summary>
/// <param name="Raw">As <c>/runtime</c> shows it.</param>
/// <param name="Integer">The value if it is a whole number that is not negative.</param>
/// <param name="Number">The value if it is a number.</param>
/// <param name="Bool">The value if it is a truth value.</param>
/// <param name="Percent">The value if it is a fractional percent.</param>
public sealed record RuntimeValue(string Raw, ulong? Integer = null, double? Number = null, bool? Bool = null, FractionalPercent? Percent = null);
