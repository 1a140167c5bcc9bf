namespace MeshSim.ProxyRuntime.Core;

/// <summary>What one host answered lately, as outlier detection counts it. Written by all workers, read by the main machine.</summary>
/// <remarks>
/// Failures that arose locally – no connection, reset, timeout – count as the code given unless split_external_local_origin_errors tells
/// them apart. A count in a row is told when it equals its threshold, and not again until it was set back.
/// </remarks>
public sealed class HostMonitor
{
    private readonly OutlierDetectionSnapshot? settings;
    private long consecutive5xx;
    private long consecutiveGatewayFailures;
    private long consecutiveLocalFailures;
    private double successRate = -1;
    private double localOriginSuccessRate = -1;

    internal HostMonitor(OutlierDetectionSnapshot? settings) => this.settings = settings;

    /// <summary>Answers from 500 to 599 since the last other one.</summary>
    public long Consecutive5xx => Volatile.Read(ref consecutive5xx);

    /// <summary>Answers 502, 503 and 504 since the last other one.</summary>
    public long ConsecutiveGatewayFailures => Volatile.Read(ref consecutiveGatewayFailures);

    /// <summary>Local failures since the last connection that was given.</summary>
    public long ConsecutiveLocalFailures => Volatile.Read(ref consecutiveLocalFailures);

    /// <summary>How many percent of the answers of the last interval were good; −1 if there were too few.</summary>
    public double SuccessRate
    {
        get => Volatile.Read(ref successRate);
        internal set => Volatile.Write(ref successRate, value);
    }

    /// <summary>As <see cref="SuccessRate"/> for connections, where local failures are told apart.</summary>
    public double LocalOriginSuccessRate
    {
        get => Volatile.Read(ref localOriginSuccessRate);
        internal set => Volatile.Write(ref localOriginSuccessRate, value);
    }

    /// <summary>Answers of the interval under way.</summary>
    internal RequestBucket External { get; } = new();

    /// <summary>Connections and local failures of the interval under way.</summary>
    internal RequestBucket Local { get; } = new();

    /// <summary>An answer, or with its code a local failure. Returns which count has just reached its threshold; null for none.</summary>
    internal Detections PutResponse(int code)
    {
        External.Count(code < 500);
        if (code < 500)
        {
            Clear(ref consecutive5xx);
            Clear(ref consecutiveGatewayFailures);
            return Detections.None;
        }

        var found = Detections.None;
        if (code is 502 or 503 or 504)
        {
            found |= Interlocked.Increment(ref consecutiveGatewayFailures) == settings?.ConsecutiveGatewayFailure ? Detections.GatewayFailure : Detections.None;
        }
        else
        {
            Clear(ref consecutiveGatewayFailures);
        }

        return found | (Interlocked.Increment(ref consecutive5xx) == settings?.Consecutive5xx ? Detections.FiveXx : Detections.None);
    }

    /// <param name="code">What it counts as where local failures are not told apart.</param>
    internal Detections PutLocalOriginFailure(int code)
    {
        if (settings is not { SplitsLocalOrigin: true })
        {
            return PutResponse(code);
        }

        Local.Count(succeeded: false);
        return Interlocked.Increment(ref consecutiveLocalFailures) == settings.ConsecutiveLocalOriginFailure ? Detections.LocalOriginFailure : Detections.None;
    }

    /// <summary>A request has got a connection.</summary>
    internal void PutLocalOriginSuccess()
    {
        if (settings is { SplitsLocalOrigin: true })
        {
            Local.Count(succeeded: true);
            Clear(ref consecutiveLocalFailures);
        }
    }

    /// <summary>A TCP connection is there, and its host has nothing else to show: where local failures are not told apart it counts as an answer 200.</summary>
    internal void PutLocalOriginSuccessFinal()
    {
        if (settings is { SplitsLocalOrigin: true })
        {
            PutLocalOriginSuccess();
        }
        else
        {
            _ = PutResponse(200);
        }
    }

    internal void Reset(EjectionType type)
    {
        switch (type)
        {
            case EjectionType.Consecutive5xx:
                Clear(ref consecutive5xx);
                break;
            case EjectionType.ConsecutiveGatewayFailure:
                Clear(ref consecutiveGatewayFailures);
                break;
            case EjectionType.ConsecutiveLocalOriginFailure:
                Clear(ref consecutiveLocalFailures);
                break;
            default:
                break;
        }
    }

    internal void ResetAll()
    {
        Clear(ref consecutive5xx);
        Clear(ref consecutiveGatewayFailures);
        Clear(ref consecutiveLocalFailures);
    }

    private static void Clear(ref long counter)
    {
        if (Volatile.Read(ref counter) != 0)
        {
            Volatile.Write(ref counter, 0);
        }
    }
}

/// <summary>Which counts in a row have just reached their thresholds.</summary>
[Flags]
internal enum Detections : byte
{
    None = 0,
    GatewayFailure = 1,
    FiveXx = 2,
    LocalOriginFailure = 4,
}
