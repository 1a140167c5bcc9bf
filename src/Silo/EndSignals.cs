using System.Runtime.InteropServices;

namespace MeshSim.Silo;

/// <summary>SIGTERM and SIGINT (Ctrl-C) as a token, for commands that end by themselves and keep what they have.</summary>
internal sealed class EndSignals : IDisposable
{
    private readonly CancellationTokenSource source = new();
    private readonly PosixSignalRegistration terminate;
    private readonly PosixSignalRegistration interrupt;

    /// <param name="heedInterrupt">False: Ctrl-C is for the process that started this one.</param>
    public EndSignals(bool heedInterrupt = true)
    {
        terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
        interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, heedInterrupt ? End : static context => context.Cancel = true);
    }

    public CancellationToken Token => source.Token;

    /// <summary>Ends when a signal comes.</summary>
    public async Task WaitAsync()
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = Token.Register(ended.SetResult).ConfigureAwait(false);
        await ended.Task.ConfigureAwait(false);
    }

    public void Dispose()
    {
        terminate.Dispose();
        interrupt.Dispose();
        source.Dispose();
    }

    private void End(PosixSignalContext context)
    {
        context.Cancel = true;
        source.Cancel();
    }
}
