using System.Collections.Immutable;
using System.Globalization;
using MeshSim.Scenarios.Library;
using MeshSim.Scenarios.Model;

namespace MeshSim.Silo.Tests;

/// <summary>Measured experiments as scenarios of the library are the set-ups that <c>meshsim fidelity</c> simulates.</summary>
public class FidelityScenarioTests
{
    private static readonly string Example = Path.Combine(AppContext.BaseDirectory, "examples", "one_of_two_fails.json");

    /// <summary>Nothing in it has a period, so that it makes no difference how long the proxy is up before the load comes.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(77)]
    public void The_example_has_the_same_counts_with_the_same_seed(ulong seed)
    {
        var experiment = ExperimentLoader.Load(File.ReadAllText(Example), "one_of_two_fails.json").Experiment!;

        var simulated = FidelityRunner.Simulate(experiment, seed);
        var result = LibraryRun.Of("fidelity/one-of-two-fails", seed).Result;

        Assert.InRange(simulated.OkFraction, 0.9, 0.999);
        Assert.Equal(simulated.Sent, result.Totals.Sent);
        Assert.Equal(simulated.OkFraction, result.Totals.SuccessRate);
        Assert.Equal(
            simulated.Arrivals,
            result.Endpoints.ToImmutableSortedDictionary(static endpoint => endpoint.Name[..^2], static endpoint => endpoint.Arrivals, StringComparer.Ordinal)
        );
        Assert.Equal(simulated.Stats, Assert.Single(result.Proxies).Stats);
        Assert.InRange(result.Totals.OkLatency.QuantileUs(0.5) / 1000, simulated.OkP50Ms * 0.99, simulated.OkP50Ms * 1.01);
    }

    [Fact]
    public void All_of_them_are_in_the_list_of_the_page()
    {
        var page = File.ReadAllText(Path.Combine(IncidentPageTests.Docs, "fidelity.md"));
        var names = ScenarioLibrary.Names.Where(static name => name.StartsWith("fidelity/", StringComparison.Ordinal)).ToArray();

        Assert.Equal(17, names.Length);
        Assert.All(names, name => Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"| `{name}` |"), page, StringComparison.Ordinal));
    }
}
