namespace MeshSim.ProxyRuntime.Core;

/// <summary>Makes the lines of access logs, the same for every driver. One for each worker, as its buffer is used again.</summary>
public sealed class AccessLogWriter(IAccessLogSink sink)
{
    private readonly ByteBuffer line = new();

    /// <summary>Carries out <see cref="EffectKind.LogAccess"/>: writes a line to each log that takes the request, in the order of the configuration.</summary>
    public void Write(in Effect effect)
    {
        var info = effect.Log!;
        var logs = info.ConnectionManager.AccessLogs;
        var chosen = (ulong)effect.Bytes;
        while (chosen != 0)
        {
            var log = logs[System.Numerics.BitOperations.TrailingZeroCount(chosen)];
            chosen &= chosen - 1;
            line.Clear();
            log.Format.Write(info, line);
            sink.Write(log, line.Span);
        }
    }
}
