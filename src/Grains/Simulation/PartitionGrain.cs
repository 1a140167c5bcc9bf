using System.Globalization;
using MeshSim.Grains.Contracts;
using MeshSim.Scenarios.Engine;

namespace MeshSim.Grains.Simulation;

/// <summary>Runs one partition. It never waits for its peers' calls: messages come into its mailbox, and slices leave room for other calls.</summary>
[PartitionPlacement]
internal sealed class PartitionGrain(ILocalSiloDetails silo) : Grain, IPartitionGrain, IDisposable
{
    /// <summary>A partition that has waited so long asks the peers it waits for.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>What is asked for at once of what a peer has kept.</summary>
    private const int MaxKeptBytes = 4 << 20;

    private PartitionRun? run;
    private IPartitionGrain[] peers = [];
    private Task pump = Task.CompletedTask;
    private TaskCompletionSource? mail;
    private IGrainTimer? patience;
    private int epoch;
    private long goalNs;
    private bool hasWaited;
    private bool isBehind;
    private bool isHalted;

    public Task<PartitionStatus> Start(RunRequest request, int index, bool again)
    {
        isBehind |= again;
        if (run is null)
        {
            run = new PartitionRun(request, index);
            var runId = request.RunId;
            peers = [.. Enumerable.Range(0, request.Partitions).Select(peer => GrainFactory.GetGrain<IPartitionGrain>(PartitionKey(runId, peer)))];
            if (request.KeepsBatches)
            {
                patience = this.RegisterGrainTimer(AskWhenLate, new GrainTimerCreationOptions(Patience, Patience) { Interleave = true });
            }
        }

        return Task.FromResult(Status());
    }

    public async Task<PartitionStatus> RunTo(int epoch, long untilNs, RecordedCommand[] commands)
    {
        Enter(epoch);
        if (run is null)
        {
            return Status();
        }

        run.Add(commands);
        goalNs = Math.Max(goalNs, untilNs);
        if (pump.IsCompleted)
        {
            pump = Pump(run);
        }

        await pump;
        return Status();
    }

    public Task Deliver(int sender, WindowBytes message)
    {
        run?.Receive(sender, message);
        if (run is { IsReady: true })
        {
            _ = mail?.TrySetResult();
        }

        return Task.CompletedTask;
    }

    public Task<WindowBytes[]> Kept(int receiver, long fromWindow, int maxBytes) => Task.FromResult(run?.Kept(receiver, fromWindow, maxBytes) ?? []);

    public Task<PartitionOutcome?> Collect(long endedNs) =>
        Task.FromResult(
            run is { } mine
                ? new PartitionOutcome(new EventBytes(mine.Collect(endedNs)), silo.SiloAddress.ToParsableString(), mine.Batches, Executions: 1)
                : null
        );

    public Task<EventBytes?> CollectClients() => Task.FromResult(run is { } mine ? new EventBytes(mine.CollectClients()) : null);

    public Task Halt()
    {
        isHalted = true;
        _ = mail?.TrySetResult();
        return Task.CompletedTask;
    }

    public Task Release()
    {
        patience?.Dispose();
        run?.Dispose();
        run = null;
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    public void Dispose() => run?.Dispose();

    public Task<string?> ProxyPage(string proxy, string page) => Task.FromResult(run?.Partition.Proxy(proxy) is { } view ? ProxyPages.Text(view, page) : null);

    public Task<EndpointStatus?> EndpointStatus(string endpoint) =>
        Task.FromResult(
            run?.Partition.Endpoint(endpoint) is { } found
                ? new EndpointStatus(found.Record.Address, found.Record.Arrivals, found.Record.Answered, found.Record.Errors, found.Waiting)
                : null
        );

    internal static string PartitionKey(string run, int index) => string.Create(CultureInfo.InvariantCulture, $"{run}/{index}");

    private async Task Pump(PartitionRun run)
    {
        while (run.Failure is null && !isHalted)
        {
            switch (run.Step(goalNs))
            {
                case WindowStep.More:
                    await Task.Yield();
                    break;
                case WindowStep.Finished:
                    Tell(run);
                    break;
                case WindowStep.Waiting:
                    await Messages(run);
                    break;
                default:
                    return;
            }
        }
    }

    private async Task Messages(PartitionRun run)
    {
        if (isBehind)
        {
            isBehind = await CatchUp(run);
        }
        else
        {
            mail = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            hasWaited = false;
            await mail.Task;
        }
    }

    private void Tell(PartitionRun run)
    {
        for (var peer = 0; peer < peers.Length; peer++)
        {
            if (peer != run.Index)
            {
                _ = peers[peer].Deliver(run.Index, run.TakeMessage(peer));
            }
        }
    }

    /// <summary>Messages are lost with a silo, or with a connection: what is missing for long is asked for.</summary>
    private Task AskWhenLate()
    {
        if (mail is { Task.IsCompleted: false } && hasWaited)
        {
            isBehind = true;
            _ = mail.TrySetResult();
        }

        hasWaited = true;
        return Task.CompletedTask;
    }

    /// <summary>Asks the peers whose messages are missing for what they have kept. Returns whether that was anything.</summary>
    private async Task<bool> CatchUp(PartitionRun run)
    {
        var found = false;
        for (var peer = 0; peer < peers.Length; peer++)
        {
            if (run.IsMissing(peer))
            {
                foreach (var message in await AskKept(peers[peer], run))
                {
                    run.Receive(peer, message);
                    found = true;
                }
            }
        }

        return found;
    }

    /// <summary>A peer that is lost, or has no time, has nothing for now.</summary>
    private static async Task<WindowBytes[]> AskKept(IPartitionGrain peer, PartitionRun run)
    {
        try
        {
            return await peer.Kept(run.Index, run.Window, MaxKeptBytes);
        }
        catch (Exception e) when (e is OrleansException or TimeoutException)
        {
            return [];
        }
    }

    private void Enter(int epoch)
    {
        if (epoch < this.epoch)
        {
            throw new InvalidOperationException($"A call of epoch {epoch} of a run that is in epoch {this.epoch}.");
        }

        this.epoch = epoch;
    }

    private PartitionStatus Status() =>
        run is { } mine
            ? new PartitionStatus(
                true,
                mine.Window,
                mine.ReachedNs,
                mine.NextNs,
                mine.Partition.Events,
                mine.IsOver,
                goalNs,
                silo.SiloAddress.ToParsableString(),
                mine.Failure,
                mine.Commands,
                epoch
            )
            : new PartitionStatus(false, 0, 0, 0, 0, false, 0, silo.SiloAddress.ToParsableString(), null, [], epoch);
}
