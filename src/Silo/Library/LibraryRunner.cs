using System.Collections.Immutable;

namespace MeshSim.Silo;

/// <summary>Runs much of the library, some at a time. Each run is alone in its thread, so that makes no difference to it.</summary>
internal static class LibraryRunner
{
    /// <param name="atOnce">Cases at a time.</param>
    /// <param name="seed">Null for that of each scenario.</param>
    /// <param name="done">Told of each as it comes; one at a time.</param>
    /// <returns>In the order of <paramref name="cases"/>, without those that had not begun when it was cancelled.</returns>
    public static async Task<ImmutableArray<LibraryOutcome>> RunAsync(
        ImmutableArray<LibraryCase> cases,
        int atOnce,
        ulong? seed,
        Action<LibraryOutcome> done,
        CancellationToken cancellation
    )
    {
        var outcomes = new LibraryOutcome?[cases.Length];
        var telling = new Lock();
        try
        {
            await Parallel
                .ForAsync(
                    0,
                    cases.Length,
                    new ParallelOptions { MaxDegreeOfParallelism = atOnce, CancellationToken = cancellation },
                    (i, _) =>
                    {
                        var outcome = cases[i].Run(seed);
                        outcomes[i] = outcome;
                        lock (telling)
                        {
                            done(outcome);
                        }

                        return ValueTask.CompletedTask;
                    }
                )
                .ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // What is done is told.
        }

        return [.. outcomes.OfType<LibraryOutcome>()];
    }
}
