using System.Collections.Immutable;

namespace MeshSim.Scenarios.Model;

/// <summary>A recorded load, which is sent again.</summary>
/// <param name="Requests">In order of time.</param>
/// <param name="Factor">
/// How many times as many requests, 0 and more: below 1 some are left out, above 1 some come again, each drawn for itself.
/// </param>
/// <param name="SpreadNs">What comes again comes up to so much earlier or later than the first, nanoseconds.</param>
public sealed record LoadTrace(ImmutableArray<TracedRequest> Requests, double Factor, long SpreadNs);

/// <summary>One request of a recorded load.</summary>
/// <param name="TimeNs">Since the load began, nanoseconds.</param>
/// <param name="Kind">Which of <see cref="LoadModel.AllRequests"/>; null where the record has moments alone.</param>
public readonly record struct TracedRequest(long TimeNs, int? Kind);
