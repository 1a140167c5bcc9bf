using System.Diagnostics;
using MeshSim.Grains.Contracts;

namespace MeshSim.Grains.Simulation;

/// <summary>One partition as the run sees it: wherever it is, and begun again when it was lost with its silo.</summary>
internal sealed class PartitionHandle(IPartitionGrain grain, RunRequest request, int index)
{
    private static readonly TimeSpan RetryEvery = TimeSpan.FromMilliseconds(100);

    /// <summary>How long the cluster may take to find out that a silo is gone.</summary>
    private static readonly TimeSpan GiveUpAfter = TimeSpan.FromMinutes(2);

    /// <summary>How often it was begun.</summary>
    public int Executions { get; private set; }

    /// <summary>Where it is.</summary>
    public string Silo { get; private set; } = "";

    /// <summary>Finds it, or begins it.</summary>
    /// <exception cref="OrleansException">No silo takes it.</exception>
    public async Task<PartitionStatus> Start()
    {
        var begun = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                var status = await grain.Start(request, index, again: Executions > 0);
                Executions++;
                Silo = status.Silo;
                return status;
            }
            catch (OrleansException e) when (IsLoss(e) && Stopwatch.GetElapsedTime(begun) < GiveUpAfter)
            {
                // Until the cluster knows of the loss, calls go to where nobody is any more.
                await Task.Delay(RetryEvery);
            }
        }
    }

    /// <summary>It was lost together with whoever kept the run going, and has just been begun again.</summary>
    public Task StartedAgain() => Start();

    /// <summary>Goes on to that time, however often it has to be begun again on the way.</summary>
    public async Task<PartitionStatus> RunTo(int epoch, long untilNs, RecordedCommand[] commands)
    {
        while (true)
        {
            if (await OrLost(() => grain.RunTo(epoch, untilNs, commands)!) is { IsStarted: true } status)
            {
                return status;
            }

            _ = await Start();
        }
    }

    /// <summary>What it counted; if it was lost in the last moment it is executed again for that.</summary>
    public async Task<PartitionOutcome> Collect(int epoch, long untilNs, RecordedCommand[] commands, long endedNs)
    {
        while (true)
        {
            if (await OrLost(() => grain.Collect(endedNs)) is { } outcome)
            {
                return outcome with { Executions = Executions };
            }

            _ = await RunTo(epoch, untilNs, commands);
        }
    }

    /// <summary>What its clients saw so far.</summary>
    public async Task<EventBytes> CollectClients(int epoch, long untilNs, RecordedCommand[] commands)
    {
        while (true)
        {
            if (await OrLost(grain.CollectClients) is { } clients)
            {
                return clients;
            }

            _ = await RunTo(epoch, untilNs, commands);
        }
    }

    public async Task Halt() =>
        _ = await OrLost(async () =>
        {
            await grain.Halt();
            return this;
        });

    public async Task Release() =>
        _ = await OrLost(async () =>
        {
            await grain.Release();
            return this;
        });

    /// <summary>What a call answers; null if the partition was lost with its silo.</summary>
    private static async Task<T?> OrLost<T>(Func<Task<T?>> call)
        where T : class
    {
        try
        {
            return await call();
        }
        catch (OrleansException e) when (IsLoss(e))
        {
            return null;
        }
    }

    private static bool IsLoss(OrleansException e) => e is SiloUnavailableException or OrleansMessageRejectionException;
}
