using System.Globalization;
using MeshSim.Grains.Contracts;
using MeshSim.Scenarios.Engine;
using MeshSim.Scenarios.Model;
using Orleans.Placement;

namespace MeshSim.Grains.Simulation;

/// <summary>Keeps the partitions of a run going, stride by stride; between strides commands take effect.</summary>
[PreferLocalPlacement]
internal sealed class SimulationGrain : Grain, ISimulationGrain
{
    private readonly List<RecordedCommand> commands = [];
    private readonly Queue<PendingCommand> pending = new();
    private PartitionHandle[] partitions = [];
    private World? world;
    private int epoch;
    private bool isStopped;
    private bool isOver;

    public async IAsyncEnumerable<RunReport> Run(RunRequest request)
    {
        var scenario = ScenarioBundle.Load(request);
        var statuses = await Begin(request, scenario);
        var stride = new Stride(scenario.DurationNs);
        var goal = statuses.Max(static status => status.GoalNs);
        var looks = new StopLooks(request, scenario, goal);
        yield return Report(statuses, null);
        while (!IsAtEnd(request, statuses))
        {
            goal = Math.Min(looks.NextNs, Math.Max(goal, stride.Next(statuses.Min(static status => status.ReachedNs))));
            statuses = await RunTo(goal);
            yield return Report(statuses, null);
            if (goal == looks.NextNs && looks.IsMet(await Task.WhenAll(partitions.Select(partition => partition.CollectClients(epoch, goal, [.. commands])))))
            {
                break;
            }

            TakeCommands(statuses);
        }

        isOver = true;
        TakeCommands(statuses);
        yield return Report(statuses, await Collect(request, statuses, scenario, goal, looks.EndedNs));
    }

    public Task Stop()
    {
        isStopped = true;
        return Task.CompletedTask;
    }

    public async Task Release()
    {
        await Task.WhenAll(partitions.Select(static partition => partition.Release()));
        DeactivateOnIdle();
    }

    public Task<EntityPlace?> Locate(string name) =>
        Task.FromResult(world?.PartitionOf(name, partitions.Length) is { } partition ? new EntityPlace(partition, partitions[partition].Silo) : null);

    public Task<CommandReply> Command(string target, string json)
    {
        if (world is null || isOver)
        {
            return Task.FromResult(new CommandReply(null, "the run is not going on"));
        }

        if (CommandText.Problem(world.Scenario, target, json) is { } problem)
        {
            return Task.FromResult(new CommandReply(null, problem));
        }

        var command = new PendingCommand(target, json);
        pending.Enqueue(command);
        return command.Reply.Task;
    }

    /// <summary>Places partitions, or finds those that are there after this grain was lost.</summary>
    private async Task<PartitionStatus[]> Begin(RunRequest request, Scenario scenario)
    {
        world = new World(scenario, request.Seed);
        partitions =
        [
            .. Enumerable
                .Range(0, request.Partitions)
                .Select(index => new PartitionHandle(
                    GrainFactory.GetGrain<IPartitionGrain>(PartitionGrain.PartitionKey(request.RunId, index)),
                    request,
                    index
                )),
        ];
        var statuses = await Task.WhenAll(partitions.Select(static partition => partition.Start()));
        if (Array.Exists(statuses, static status => status.GoalNs > 0))
        {
            await Task.WhenAll(partitions.Where((_, index) => statuses[index].GoalNs == 0).Select(static lost => lost.StartedAgain()));
        }

        epoch = statuses.Max(static status => status.Epoch) + 1;
        commands.Clear();
        commands.AddRange(statuses.MaxBy(static status => status.Commands.Length)!.Commands is { Length: > 0 } known ? known : request.Commands);
        return statuses;
    }

    /// <summary>One that cannot go on ends it for all: the others would wait for it.</summary>
    private async Task<PartitionStatus[]> RunTo(long goalNs)
    {
        var all = Array.ConvertAll(partitions, partition => partition.RunTo(epoch, goalNs, [.. commands]));
        await foreach (var one in Task.WhenEach(all))
        {
            if ((await one).Failure is not null)
            {
                await Task.WhenAll(partitions.Select(static partition => partition.Halt()));
            }
        }

        return await Task.WhenAll(all);
    }

    private bool IsAtEnd(RunRequest request, PartitionStatus[] statuses) =>
        isStopped
        || Array.TrueForAll(statuses, static status => status.IsOver)
        || Array.Exists(statuses, static status => status.Failure is not null)
        || TooLong(request, statuses) is not null;

    /// <summary>All partitions are paused before the same window: what is asked for takes effect at its end, or not at all.</summary>
    private void TakeCommands(PartitionStatus[] statuses)
    {
        while (pending.TryDequeue(out var command))
        {
            if (isOver || isStopped || statuses[0].IsOver)
            {
                command.Reply.SetResult(new CommandReply(null, "the run is over"));
                continue;
            }

            // One partition alone has windows as long as it is asked for: only the time counts.
            var window = partitions.Length == 1 ? 0 : statuses[0].Window;
            var recorded = new RecordedCommand(commands.Count, statuses[0].NextNs, command.Target, command.Json) { Window = window };
            commands.Add(recorded);
            command.Reply.SetResult(new CommandReply(recorded.TimeNs, null));
        }
    }

    private async Task<RunOutcome> Collect(RunRequest request, PartitionStatus[] statuses, Scenario scenario, long goalNs, long? stoppedNs)
    {
        var failure = statuses.FirstOrDefault(static status => status.Failure is not null)?.Failure ?? TooLong(request, statuses);
        var isWhole = Array.TrueForAll(statuses, static status => status.IsOver) && failure is null;
        var ended = stoppedNs ?? (isWhole ? scenario.DurationNs : statuses.Min(static status => status.ReachedNs));
        var outcomes = await Task.WhenAll(partitions.Select(partition => partition.Collect(epoch, goalNs, [.. commands], ended)));
        return new RunOutcome(ended, failure, outcomes, [.. commands]);
    }

    private static string? TooLong(RunRequest request, PartitionStatus[] statuses) =>
        statuses.Sum(static status => status.Events) is var events && events > request.MaxEvents
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"more than {request.MaxEvents} events, at virtual time {statuses.Min(static status => status.ReachedNs) / 1e9:0.000000} s, event {events}, seed {request.Seed}"
            )
            : null;

    private static RunReport Report(PartitionStatus[] statuses, RunOutcome? outcome) =>
        new(
            statuses.Min(static status => status.ReachedNs),
            statuses.Sum(static status => status.Events),
            [.. statuses.Select(static status => status.Silo)],
            outcome
        );

    private sealed record PendingCommand(string Target, string Json)
    {
        public TaskCompletionSource<CommandReply> Reply { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
