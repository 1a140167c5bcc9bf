using System.Collections.Immutable;
using System.Globalization;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.Scenarios.Model;

/// <summary>Times as they were measured: each is drawn as often as its weight says.</summary>
public sealed record EmpiricalTime : TimeModel
{
    private readonly ImmutableArray<(long ValueNs, double Weight)> values;
    private readonly double[] weightUpTo;

    /// <param name="values">At least one, with weights above 0.</param>
    public EmpiricalTime(IEnumerable<(long ValueNs, double Weight)> values)
    {
        this.values = [.. values];
        weightUpTo = new double[this.values.Length];
        var sum = 0.0;
        var weighted = 0.0;
        for (var i = 0; i < weightUpTo.Length; i++)
        {
            sum += this.values[i].Weight;
            weighted += this.values[i].Weight * this.values[i].ValueNs;
            weightUpTo[i] = sum;
        }

        AverageNs = weighted / sum;
    }

    public override double AverageNs { get; }

    public override long SampleNs(RandomStream random)
    {
        var found = Array.BinarySearch(weightUpTo, random.NextDouble() * weightUpTo[^1]);
        return values[Math.Min(found < 0 ? ~found : found + 1, values.Length - 1)].ValueNs;
    }

    public override string ToText() =>
        $"{{empirical: [{string.Join(", ", values.Select(static v => string.Create(CultureInfo.InvariantCulture, $"{{value: {Units.Duration(v.ValueNs)}, weight: {v.Weight:R}}}")))}]}}";
}
