using MeshSim.ProxyRuntime.Core;

namespace MeshSim.Scenarios.Model;

/// <summary>One kind of request of a run.</summary>
/// <param name="Load">The load it is of; null for a call of an application.</param>
/// <param name="Number">Which load of the scenario.</param>
/// <param name="Kind">Which of <see cref="LoadModel.AllRequests"/>.</param>
public sealed record RequestTemplate(RequestShape Shape, LoadModel? Load, int Number, int Kind)
{
    /// <summary>Its requests where people are made up; null where nobody is.</summary>
    /// <param name="random">The run's.</param>
    public SyntheticRequests? Synthetic(RandomSource random) => Load is null ? null : SyntheticRequests.Of(Load, Number, Kind, Shape, random);

    /// <param name="synthetic">As <see cref="Synthetic"/> gave them for the run.</param>
    public RequestHeads Heads(SyntheticRequests? synthetic) => new(Shape, Load?.Zipf, synthetic, Load?.Keys ?? 1);
}
