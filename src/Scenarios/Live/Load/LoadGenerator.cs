using System.Collections.Immutable;
using MeshSim.ProxyRuntime.Core;
using MeshSim.Scenarios.Model;

namespace MeshSim.Scenarios.Live;

/// <summary>Sends an open-loop load to real addresses, in a thread of its own.</summary>
public static class LoadGenerator
{
    private const long LeadNs = 10 * MonotonicTime.NanosecondsPerMillisecond;
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(20);

    /// <summary>Sends until the load ends, then waits for the answers that are missing, at most as long as their timeout.</summary>
    /// <param name="seed">Of the moments at which requests are sent.</param>
    /// <param name="cancellation">Ends it early, with what was measured until then.</param>
    public static async Task<LoadReport> RunAsync(LoadTarget target, ulong seed, CancellationToken cancellation)
    {
        var clock = new RunClock();
        var recorder = new ClientRecorder(warmUpNs: 0);
        var lateness = new LatencyHistogram();
        var loop = new TimedLoop("load", clock.Loop);
        var client = new LoadClient(loop, clock, target, link: null, new RandomSource(seed), recorder, lateness);
        clock.Begin(LeadNs, long.MaxValue);
        try
        {
            _ = await loop.Events.Ask(Begin).ConfigureAwait(false);
            while (!await loop.Events.Ask(() => client.IsDone).WaitAsync(cancellation).ConfigureAwait(false))
            {
                await Task.Delay(Poll, cancellation).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // What was measured counts.
        }
        finally
        {
            await loop.EndAsync(client.Close).ConfigureAwait(false);
        }

        await loop.Events.Stopped.ConfigureAwait(false);
        return new LoadReport(recorder.Totals, recorder.Seconds, lateness, Math.Clamp(clock.NowNs, 1, target.Load.UntilNs));

        bool Begin()
        {
            client.Begin();
            return true;
        }
    }
}

/// <summary>What a load saw.</summary>
/// <param name="Lateness">How much later than intended requests were sent, microseconds. Latency counts from the intended moment.</param>
/// <param name="SentForNs">How long requests were sent, nanoseconds.</param>
public sealed record LoadReport(ClientTotals Totals, ImmutableArray<SecondRecord> Seconds, LatencyHistogram Lateness, long SentForNs);
