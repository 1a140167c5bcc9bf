using System.Collections.Immutable;
using System.Globalization;
using MeshSim.ProxyRuntime.Core;
using MeshSim.Scenarios.Model;

namespace MeshSim.Scenarios.Results;

/// <summary>Hops and attempts in words, and as stretches of a line.</summary>
internal static class HopText
{
    /// <param name="offsetNs">When it began, nanoseconds since the story did.</param>
    public static ReportStep Hop(RequestHop hop, long offsetNs, int depth)
    {
        var lines = ImmutableArray.CreateBuilder<string>();
        lines.Add($"{hop.Method} {hop.Authority}{hop.Path}");
        lines.Add(hop.Cluster.Length == 0 ? "no cluster" : $"route {(hop.Route.Length == 0 ? "without a name" : $"'{hop.Route}'")} → cluster '{hop.Cluster}'");
        lines.Add($"{Answer(hop.Status)}{(hop.Flags.Length == 0 ? "" : $", flags {Flags(hop.Flags)}")}{(hop.Details.Length == 0 ? "" : $", {hop.Details}")}");
        if (hop.RequestId.Length > 0)
        {
            lines.Add($"x-request-id {hop.RequestId}");
        }

        var (from, to) = (StoryBuilder.Ms(offsetNs), StoryBuilder.Ms(offsetNs + hop.DurationNs));
        return new ReportStep(depth, hop.Proxy, hop.Status is 0 or >= 500, from, to, [new ReportSpan("hop", from, to)], lines.ToImmutable());
    }

    /// <param name="to">Who is at the host's address.</param>
    public static ReportStep Attempt(RequestHop hop, HopAttempt attempt, string to, long offsetNs, int depth, bool retried)
    {
        var lines = ImmutableArray.CreateBuilder<string>();
        if (attempt.BackOffNs > 0)
        {
            lines.Add($"waited {Time(attempt.BackOffNs)} before this try (back-off)");
        }

        lines.Add($"host {attempt.Host} of cluster '{attempt.Cluster}': {Why(attempt)}");
        lines.Add(Pool(attempt));
        lines.Add(End(attempt, retried));
        return new ReportStep(
            depth,
            string.Create(CultureInfo.InvariantCulture, $"try {attempt.Number} → {to}"),
            attempt.End != nameof(AttemptEnd.Answered) || attempt.Status >= 500,
            At(attempt.AskedNs - attempt.BackOffNs),
            At(attempt.EndNs),
            Spans(attempt, At),
            lines.ToImmutable()
        );

        double At(long ns) => StoryBuilder.Ms(offsetNs + ns);
    }

    /// <summary>A hop that was not kept.</summary>
    public static ReportStep Unknown(string proxy, long fromNs, long toNs, int depth) =>
        new(depth, proxy, Failed: false, StoryBuilder.Ms(fromNs), StoryBuilder.Ms(toNs), [], [$"what {proxy} did with it was not kept"]);

    private static ImmutableArray<ReportSpan> Spans(HopAttempt attempt, Func<long, double> at)
    {
        var spans = ImmutableArray.CreateBuilder<ReportSpan>();
        Add("backoff", attempt.AskedNs - attempt.BackOffNs, attempt.AskedNs);
        Add(attempt.NewConnection ? "connect" : "pool", attempt.AskedNs, attempt.PoolAnsweredNs < 0 ? attempt.EndNs : attempt.PoolAnsweredNs);
        if (attempt.SentNs >= 0)
        {
            Add("wait", attempt.SentNs, attempt.AnsweredNs < 0 ? attempt.EndNs : attempt.AnsweredNs);
        }

        if (attempt.AnsweredNs >= 0)
        {
            Add("answer", attempt.AnsweredNs, attempt.EndNs);
        }

        return spans.ToImmutable();

        void Add(string kind, long from, long to)
        {
            if (to > from)
            {
                spans.Add(new ReportSpan(kind, at(from), at(to)));
            }
        }
    }

    private static string Why(HopAttempt attempt)
    {
        var text = attempt.HostIsWanted ? $"wanted by a filter, else {attempt.Policy}" : $"picked by {attempt.Policy}";
        text += string.Create(CultureInfo.InvariantCulture, $", priority {attempt.Priority}");
        text += attempt.Zone.Length == 0 ? "" : $", zone {attempt.Zone}";
        return attempt.InPanic ? text + "; in panic, health did not count" : text;
    }

    private static string Pool(HopAttempt attempt)
    {
        var waited = Time((attempt.PoolAnsweredNs < 0 ? attempt.EndNs : attempt.PoolAnsweredNs) - attempt.AskedNs);
        return attempt switch
        {
            { End: nameof(AttemptEnd.NoConnection), Reason: nameof(ResetReason.Overflow) } =>
                "refused by the circuit breaker: no room to wait for a connection",
            { End: nameof(AttemptEnd.NoConnection) } =>
                $"no connection after {waited}: {attempt.Reason}{(attempt.Failure.Length == 0 ? "" : $", {attempt.Failure}")}",
            { SentNs: < 0 } => $"waited {waited} for a connection and did not get one",
            { NewConnection: true } => $"a new connection was made, {waited}",
            _ when attempt.PoolAnsweredNs > attempt.AskedNs => $"waited {waited} in the pool for a connection",
            _ => "a connection was free",
        };
    }

    private static string End(HopAttempt attempt, bool retried)
    {
        var took =
            attempt.SentNs < 0 ? Time(attempt.EndNs - attempt.AskedNs) : Time((attempt.AnsweredNs < 0 ? attempt.EndNs : attempt.AnsweredNs) - attempt.SentNs);
        var text = attempt.End switch
        {
            nameof(AttemptEnd.Answered) => $"{Answer(attempt.Status)} after {took}",
            nameof(AttemptEnd.LetGo) => $"{Answer(attempt.Status)} after {took}, not passed on",
            nameof(AttemptEnd.NoConnection) => "ended without having been sent",
            nameof(AttemptEnd.Reset) => $"broke off after {took}: {attempt.Reason}",
            nameof(AttemptEnd.PerTryTimeout) => $"per_try_timeout fired after {took}",
            nameof(AttemptEnd.PerTryIdleTimeout) => $"per_try_idle_timeout fired after {took}",
            nameof(AttemptEnd.RouteTimeout) => $"the timeout of the route fired, {took} after it was sent",
            nameof(AttemptEnd.MaxStreamDuration) => $"max_stream_duration was over after {took}",
            _ => $"given up after {took}: another try answered, or the client was gone",
        };
        text += attempt.WasHedged ? "; another try was started beside it" : "";
        return retried && attempt.End != nameof(AttemptEnd.Answered) ? text + "; tried again" : text;
    }

    private static string Answer(int status) => status == 0 ? "no answer" : string.Create(CultureInfo.InvariantCulture, $"answer {status}");

    /// <summary>Flags with their long names, <c>UF (UpstreamConnectionFailure)</c>.</summary>
    private static string Flags(string flags) =>
        string.Join(", ", flags.Split(',').Select(static flag => ResponseFlagNames.Find(flag) is { } known ? $"{flag} ({known})" : flag));

    private static string Time(long ns) => string.Create(CultureInfo.InvariantCulture, $"{ns / 1e6:0.###} ms");
}
