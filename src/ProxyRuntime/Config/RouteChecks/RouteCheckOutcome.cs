using System.Collections.Immutable;
using Envoy.RouterCheckToolSchema;
using Google.Protobuf;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>What came of a check.</summary>
public sealed class RouteCheckOutcome
{
    private readonly ValidationResult results;

    internal RouteCheckOutcome(
        ImmutableArray<ConfigProblem> problems,
        ImmutableArray<ConfigProblem> warnings,
        ImmutableArray<RouteTestOutcome> tests,
        ValidationResult results,
        RouteCoverage coverage
    )
    {
        Problems = problems;
        Warnings = warnings;
        Tests = tests;
        Coverage = coverage;
        this.results = results;
    }

    /// <summary>Why nothing was checked; none if it was.</summary>
    public ImmutableArray<ConfigProblem> Problems { get; }

    /// <summary>What of the table does not act as in Envoy.</summary>
    public ImmutableArray<ConfigProblem> Warnings { get; }

    /// <summary>In the order of the file.</summary>
    public ImmutableArray<RouteTestOutcome> Tests { get; }

    public RouteCoverage Coverage { get; }

    public bool Passed => Problems.IsEmpty && Tests.All(static test => test.Passed);

    /// <summary>The ValidationResult message that Envoy's tool writes, in binary.</summary>
    /// <param name="onlyFailures">Leave out the tests that passed.</param>
    public byte[] ToBytes(bool onlyFailures)
    {
        var chosen = new ValidationResult();
        chosen.TestResults.Add(results.TestResults.Where(result => !onlyFailures || !result.TestPassed));
        return chosen.ToByteArray();
    }
}

/// <summary>What came of one test.</summary>
/// <param name="Name">test_name.</param>
/// <param name="Failures">One line for each expectation that was not met, in the words of Envoy's tool; none if it passed.</param>
public sealed record RouteTestOutcome(string Name, ImmutableArray<string> Failures)
{
    public bool Passed => Failures.IsEmpty;
}
