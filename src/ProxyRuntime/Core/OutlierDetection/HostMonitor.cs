namespace MeshSim.ProxyRuntime.Core;

/// <summary>
/// What one host answered lately, as outlier detection counts it: failures in a row. Written by all workers, read by the main machine.
/// </summary>
/// <remarks>Failures that arose locally – no connection, reset, timeout – count as the code given, as Envoy does without split_external_local_origin_errors.</remarks>
public sealed class HostMonitor
{
    private long consecutive5xx;
    private long consecutiveGatewayFailures;

    /// <summary>Answers from 500 to 599 since the last other one.</summary>
    public long Consecutive5xx => Volatile.Read(ref consecutive5xx);

    /// <summary>Answers 502, 503 and 504 since the last other one.</summary>
    public long ConsecutiveGatewayFailures => Volatile.Read(ref consecutiveGatewayFailures);

    internal void PutResponse(int code)
    {
        Count(ref consecutive5xx, code is >= 500 and <= 599);
        Count(ref consecutiveGatewayFailures, code is 502 or 503 or 504);
    }

    internal void PutLocalOriginFailure(int code) => PutResponse(code);

    private static void Count(ref long counter, bool failed)
    {
        if (failed)
        {
            _ = Interlocked.Increment(ref counter);
        }
        else if (Volatile.Read(ref counter) != 0)
        {
            Volatile.Write(ref counter, 0);
        }
    }
}
