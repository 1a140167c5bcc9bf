using System.Globalization;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>A moment on the one clock of a run: nanoseconds since the run began, from 0 to about 292 years.</summary>
/// <remarks>Wall time is the epoch given to the machine at construction plus this.</remarks>
/// <param name="Nanoseconds">Nanoseconds since the run began.</param>
public readonly record struct MonotonicTime(long Nanoseconds) : IComparable<MonotonicTime>
{
    public const long NanosecondsPerMillisecond = 1_000_000;
    public const long NanosecondsPerSecond = 1_000_000_000;

    public static readonly MonotonicTime Zero;

    /// <summary>Later than any event; means "never".</summary>
    public static readonly MonotonicTime Never = new(long.MaxValue);

    public long Milliseconds => Nanoseconds / NanosecondsPerMillisecond;

    /// <summary>Milliseconds as nanoseconds; more than nanoseconds can count is the most they can.</summary>
    public static long DurationNs(ulong milliseconds) => (long)Math.Min(milliseconds, long.MaxValue / NanosecondsPerMillisecond) * NanosecondsPerMillisecond;

    public static MonotonicTime FromMilliseconds(long milliseconds) => new(milliseconds * NanosecondsPerMillisecond);

    public static MonotonicTime FromSeconds(long seconds) => new(seconds * NanosecondsPerSecond);

    /// <summary>This moment plus a duration; saturates at <see cref="Never"/>.</summary>
    public MonotonicTime Plus(long durationNs) => durationNs > long.MaxValue - Nanoseconds ? Never : new(Nanoseconds + durationNs);

    /// <summary>Nanoseconds from <paramref name="earlier"/> to this moment.</summary>
    public long Since(MonotonicTime earlier) => Nanoseconds - earlier.Nanoseconds;

    public int CompareTo(MonotonicTime other) => Nanoseconds.CompareTo(other.Nanoseconds);

    public static bool operator <(MonotonicTime a, MonotonicTime b) => a.Nanoseconds < b.Nanoseconds;

    public static bool operator >(MonotonicTime a, MonotonicTime b) => a.Nanoseconds > b.Nanoseconds;

    public static bool operator <=(MonotonicTime a, MonotonicTime b) => a.Nanoseconds <= b.Nanoseconds;

    public static bool operator >=(MonotonicTime a, MonotonicTime b) => a.Nanoseconds >= b.Nanoseconds;

    public override string ToString() => this == Never ? "never" : string.Create(CultureInfo.InvariantCulture, $"{Nanoseconds / 1e9:0.000000000}s");
}
