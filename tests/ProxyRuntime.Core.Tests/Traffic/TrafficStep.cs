using CsCheck;

namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>Something that happens around a proxy; where there is nobody it could happen to, nothing does.</summary>
/// <param name="What">What happens.</param>
/// <param name="Which">To which of those it can happen to, modulo their number.</param>
/// <param name="Amount">How much, how long, which answer.</param>
internal readonly record struct TrafficStep(TrafficEvent What, int Which, int Amount)
{
    private static readonly int[] Waits = [0, 1, 2, 20, 30, 45, 60, 75, 110, 200, 500, 6000];
    private static readonly int[] Sizes = [0, 1, 4, 7, 20, 300];
    private static readonly int[] Statuses = [200, 503, 200, 503, 500, 504, 429, 409, 418, 425, 302, 200];

    public static readonly Gen<TrafficStep> Any = Gen.Select(
        Gen.Frequency(
            (5, TrafficEvent.Request),
            (3, TrafficEvent.RequestBegin),
            (5, TrafficEvent.Body),
            (2, TrafficEvent.Trailers),
            (1, TrafficEvent.ClientLeaves),
            (1, TrafficEvent.ClientResets),
            (1, TrafficEvent.ClientErrs),
            (12, TrafficEvent.Connected),
            (3, TrafficEvent.Refused),
            (7, TrafficEvent.Answer),
            (4, TrafficEvent.AnswerBody),
            (1, TrafficEvent.AnswerTrailers),
            (1, TrafficEvent.Interim),
            (2, TrafficEvent.Reset),
            (2, TrafficEvent.ConnectionCloses),
            (1, TrafficEvent.ConnectionEnds),
            (1, TrafficEvent.GoAway),
            (1, TrafficEvent.Late),
            (1, TrafficEvent.Hosts),
            (1, TrafficEvent.Drain),
            (14, TrafficEvent.Wait)
        ),
        Gen.Int[0, 11],
        Gen.Int[0, 11],
        static (what, which, amount) => new TrafficStep(what, which, amount)
    );

    /// <summary>One of those it can happen to; null if there is none.</summary>
    public T? Pick<T>(List<T> from)
        where T : class => from.Count == 0 ? null : from[Which % from.Count];

    public int Milliseconds => Waits[Amount];

    public int Bytes => Sizes[Amount % Sizes.Length];

    /// <summary>Whether it is the last of its message.</summary>
    public bool Ends => Amount % 2 == 0;

    public int Status => Statuses[Amount];

    public override string ToString() => $"{What}({Which}, {Amount})";
}

/// <summary>First what clients do, then what hosts do, then the rest.</summary>
internal enum TrafficEvent
{
    Request,
    RequestBegin,
    Body,
    Trailers,
    ClientLeaves,
    ClientResets,
    ClientErrs,
    Connected,
    Refused,
    Answer,
    AnswerBody,
    AnswerTrailers,
    Interim,
    Reset,
    ConnectionCloses,
    ConnectionEnds,
    GoAway,

    /// <summary>An answer to an attempt that was given up.</summary>
    Late,
    Hosts,
    Drain,
    Wait,
}
