using MeshSim.Grains.Contracts;
using MeshSim.Scenarios.Engine;
using MeshSim.Scenarios.Model;

namespace MeshSim.Grains.Simulation.Tests;

public class GrainRunTests
{
    private const int Seconds = 25;

    /// <summary>The grains and the one-process runner are two ways of driving the same partitions: the hash is the same.</summary>
    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 1)]
    [InlineData(4, 1)]
    [InlineData(2, 2)]
    [InlineData(4, 2)]
    public async Task Grains_give_the_result_of_the_one_process_runner(int partitions, short silos)
    {
        await using var fixture = await RunFixture.StartAsync(silos);
        var (request, scenario) = RunFixture.Library("run", partitions, Seconds);
        var alone = SingleProcessRunner.Run(scenario, request.Seed, details: true);

        var (result, outcome) = await fixture.RunAsync(request with { KeepsBatches = silos > 1 }, scenario);

        Assert.Equal(ResultHash.Of(alone), ResultHash.Of(result));
        Assert.Equal(Details(alone), Details(result));
        Assert.Null(outcome.Failure);
        Assert.Equal(partitions, result.Partitions.Length);
        Assert.Equal(silos, result.Partitions.Select(static partition => partition.Silo).Distinct().Count());
        Assert.All(result.Partitions, partition => Assert.True(partition.Events > 0));
        Assert.All(result.Partitions, partition => Assert.Equal(partitions > 1, partition.Batches > 0));
    }

    [Fact]
    public async Task Entity_grains_answer_for_their_simulated_entities()
    {
        await using var fixture = await RunFixture.StartAsync(2);
        var (request, scenario) = RunFixture.Library("run", 2, Seconds);
        _ = await fixture.RunAsync(request, scenario);

        var proxy = fixture.Grains.GetGrain<IProxyGrain>("run/gateway");

        Assert.Contains("httpbin_service::10.1.0.1:8000::hostname::httpbin\n", await proxy.Clusters(), StringComparison.Ordinal);
        Assert.Contains("cluster.httpbin_service.upstream_rq_200: ", await proxy.Stats(), StringComparison.Ordinal);
        var members = await fixture.Grains.GetGrain<IClusterGrain>("run/gateway/httpbin_service").Status();
        Assert.Equal(3, members!.Split('\n').Count(line => line.EndsWith("::health_flags::healthy", StringComparison.Ordinal)));
        var endpoint = await fixture.Grains.GetGrain<IEndpointGrain>("run/httpbin-0").Status();
        Assert.Equal("10.1.0.1:8000", endpoint!.Address);
        Assert.True(endpoint.Errors > 0 && endpoint.Answered >= endpoint.Errors);
        Assert.Null(await fixture.Grains.GetGrain<IEndpointGrain>("run/httpbin-9").Status());
        Assert.Null(await fixture.Grains.GetGrain<IProxyGrain>("run/nobody").Stats());
    }

    /// <summary>A run may end at a boundary of batches; the same one however it is divided, as if the scenario were that long.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task A_run_ends_when_an_interval_is_narrow_enough(int partitions)
    {
        await using var fixture = await RunFixture.StartAsync(1);
        var (request, scenario) = RunFixture.Library("run", partitions, seconds: 60);

        var (result, _) = await fixture.RunAsync(request with { Until = "p50 half-width < 60%" }, scenario);

        Assert.Equal(25_000_000_000, result.DurationNs);
        Assert.Equal(25, result.Seconds.Length);
        var shorter = scenario with { DurationNs = 25_000_000_000 };
        Assert.Equal(SingleProcessRunner.Run(shorter, request.Seed).Totals.ByStatus, result.Totals.ByStatus);
    }

    /// <summary>The longest run there is, stopped as soon as it has gone on: what was computed is kept.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task A_run_that_is_stopped_keeps_what_was_computed(int partitions)
    {
        await using var fixture = await RunFixture.StartAsync(1);
        var (request, scenario) = RunFixture.Library("run", partitions, seconds: 100_000);

        var run = fixture.Grains.GetGrain<ISimulationGrain>("run");
        var (result, outcome) = await fixture.RunAsync(request, scenario, run.Stop, fromNs: 1);

        Assert.Null(outcome.Failure);
        Assert.InRange(outcome.EndedNs, 1, scenario.DurationNs - 1);
        Assert.Equal(outcome.EndedNs, result.DurationNs);
        var (shorter, again) = (scenario with { DurationNs = outcome.EndedNs }, request.Seed);
        Assert.Equal(SingleProcessRunner.Run(shorter, again).Totals.Sent, result.Totals.Sent);
    }

    /// <summary>Stopped before anything was computed, a run has an empty result.</summary>
    [Fact]
    public async Task A_run_that_is_stopped_before_it_begins_is_empty()
    {
        await using var fixture = await RunFixture.StartAsync(1);
        var (request, scenario) = RunFixture.Library("run", partitions: 3, seconds: 100_000);
        await fixture.Grains.GetGrain<ISimulationGrain>("run").Stop();

        var (result, outcome) = await fixture.RunAsync(request, scenario);

        Assert.Null(outcome.Failure);
        Assert.Equal(0, outcome.EndedNs);
        Assert.Equal(0, result.Totals.Sent);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_run_with_too_many_events_ends_with_the_place(int partitions)
    {
        await using var fixture = await RunFixture.StartAsync(1);
        var (request, scenario) = RunFixture.Library("run", partitions, seconds: 100_000);

        var (_, outcome) = await fixture.RunAsync(request with { MaxEvents = 5_000 }, scenario);

        Assert.Contains("more than 5000 events", outcome.Failure, StringComparison.Ordinal);
        Assert.Contains("seed 7", outcome.Failure, StringComparison.Ordinal);
    }

    /// <summary>All that a report shows, but for statistics pages, which only grains make.</summary>
    private static string Details(RunResult result) =>
        System.Text.Json.JsonSerializer.Serialize(result.Proxies.Select(static proxy => proxy.Details! with { Stats = "" }).ToArray());
}
