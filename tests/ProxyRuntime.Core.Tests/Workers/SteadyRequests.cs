using System.Text;

namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>
/// The same request again and again through one worker, as a driver carries it: headers in, an attempt on a connection that is used again,
/// the answer, the log. Tests count what that allocates, benchmarks what it takes. Nothing is allocated here either.
/// </summary>
public sealed class SteadyRequests
{
    private const long EpochUnixNs = 1_700_000_000_123_456_789;
    private const long GapNs = 1_000_003;

    private static readonly ConnectionId Client = new(1);

    private readonly EffectBuffer effects = new();
    private readonly CountingSink sink = new();
    private readonly AccessLogWriter logWriter;
    private readonly Worker worker;
    private readonly Message request;
    private readonly Message answer;
    private readonly Message failure = new([(":status", "503"), ("content-length", "0")], 0);
    private readonly int failures;
    private MonotonicTime now = new(1_000_003);
    private int number;
    private int failed;
    private bool isAnswered;

    /// <param name="snapshot">Its clusters are static.</param>
    /// <param name="request">What the client sends.</param>
    /// <param name="answer">What the host answers at last.</param>
    /// <param name="failures">How often it answers 503 before.</param>
    internal SteadyRequests(ProxySnapshot snapshot, Message request, Message answer, int failures = 0)
    {
        this.request = request;
        this.answer = answer;
        this.failures = failures;
        logWriter = new AccessLogWriter(sink);
        worker = new Worker(snapshot, new ProxyShared(snapshot), new RandomSource(11), EpochUnixNs);
        new ProxyMain(snapshot, new RandomSource(1)).Start(now, effects);
        var memberships = effects.Span.ToArray().Select(static effect => effect.Membership).OfType<ClusterMembership>().ToArray();
        effects.Clear();
        foreach (var membership in memberships)
        {
            worker.HostUpdate(now, membership, effects);
        }

        worker.DownstreamConnection(now, Client, Snapshots.Connection(), effects);
        effects.Clear();
    }

    /// <summary>Requests that were answered with 200 and logged.</summary>
    public int Succeeded { get; private set; }

    /// <summary>Bytes of log lines.</summary>
    public long LogBytes => sink.Bytes;

    public void Run(int count)
    {
        for (var i = 0; i < count; i++)
        {
            RunOne();
        }
    }

    private void RunOne()
    {
        now = now.Plus(GapNs);
        failed = 0;
        isAnswered = false;
        var stream = new StreamId(Client, number++);
        worker.RequestHeaders(now, stream, request.Head(worker), request.BodyBytes == 0, effects);
        for (var half = 0; half < 2 && request.BodyBytes > 0; half++)
        {
            worker.RequestData(now, stream, request.BodyBytes / 2, endStream: half == 1, effects);
        }

        while (!isAnswered)
        {
            if (!CarryOut() && !isAnswered)
            {
                now = worker.NextDeadline!.Value;
                worker.Advance(now, effects);
            }
        }
    }

    /// <summary>False if there was nothing that makes anything happen.</summary>
    private bool CarryOut()
    {
        UpstreamConnectionId? opened = null;
        AttemptId? started = null;
        foreach (ref readonly var effect in effects.Span)
        {
            switch (effect.Kind)
            {
                case EffectKind.OpenConnection:
                    opened = effect.Upstream;
                    break;
                case EffectKind.StartAttempt:
                    started = effect.Attempt;
                    break;
                case EffectKind.LogAccess:
                    isAnswered = true;
                    Succeeded += effect.Log!.ResponseCode == 200 ? 1 : 0;
                    logWriter.Write(effect.Log, effect.Bytes);
                    break;
            }
        }

        effects.Clear();
        if (opened is { } connection)
        {
            worker.ConnectionResult(now, connection, ConnectOutcome.Connected, "", Snapshots.ProxySide, effects);
        }
        else if (started is { } attempt)
        {
            Answer(attempt, failed++ < failures ? failure : answer);
        }

        return opened is not null || started is not null;
    }

    private void Answer(AttemptId attempt, Message message)
    {
        worker.ResponseHeaders(now, attempt, message.Head(worker), message.BodyBytes == 0, effects);
        for (var half = 0; half < 2 && message.BodyBytes > 0; half++)
        {
            worker.ResponseData(now, attempt, message.BodyBytes / 2, endStream: half == 1, effects);
        }
    }

    /// <summary>Headers as bytes, as a codec has them, and how long the body is; it comes in two pieces.</summary>
    internal sealed class Message((string Name, string Value)[] headers, long bodyBytes)
    {
        private readonly (byte[] Name, byte[] Value)[] lines =
        [
            .. headers.Select(static header => (Encoding.Latin1.GetBytes(header.Name), Encoding.Latin1.GetBytes(header.Value))),
        ];

        public long BodyBytes => bodyBytes;

        public HeaderMap Head(Worker worker)
        {
            var head = worker.RentHeaders();
            foreach (var (name, value) in lines)
            {
                head.Add(name, value);
            }

            return head;
        }
    }

    private sealed class CountingSink : ILogLineSink
    {
        public long Bytes { get; private set; }

        public void Write(AccessLogSnapshot log, ReadOnlySpan<byte> line) => Bytes += line.Length;
    }
}
