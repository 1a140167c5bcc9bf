using System.Collections.Immutable;
using System.Globalization;
using MeshSim.ProxyRuntime.Config;

namespace MeshSim.Scenarios.Model;

/// <summary>Reads one fault, <c>error_rate: {…}</c>, <c>slow: {…}</c>, <c>down: {…}</c> and so on.</summary>
internal static class FaultReader
{
    private static readonly (string Kind, string About)[] Kinds =
    [
        ("error_rate", "a share of the answers is an error; read when service ends"),
        ("slow", "service takes longer; read when service begins"),
        ("down", "nobody listens, open connections are reset; what is being served is served to its end, answered to nobody"),
        ("crash", "the process dies with all it served, and starts anew at the end"),
        ("hang", "accepts, never answers"),
        ("refuse", "new connections are refused, open ones go on"),
        ("gc_pause", "all work stands still"),
        ("cpu_steal", "a share of the processors' time is gone"),
        ("latency", "messages take longer"),
        ("packet_loss", "a share of the messages is lost, and sent again after 200 ms, 400 ms and so on"),
        ("partition", "nothing passes between groups; what is sent is sent again, and passes when it is over"),
        ("zone_loss", "nothing passes to, from or within a zone"),
        ("dns_failure", "names are not resolved"),
    ];

    /// <summary>Those that concern replicas of a service, and may be commanded of one.</summary>
    private static readonly string[] OfReplicas = ["cpu_steal", "crash", "down", "error_rate", "gc_pause", "hang", "refuse", "slow"];

    /// <summary>Those that backends on real sockets have, too.</summary>
    private static readonly string[] LiveKinds = ["error_rate", "slow", "down", "hang", "gc_pause", "cpu_steal"];

    /// <param name="durationNs">How long the run is: faults without an end last as long.</param>
    public static Fault Read(FieldReader outer, long durationNs, ReadingContext context)
    {
        var given = Kinds.Where(kind => outer.IsDescribing || outer.Has(kind.Kind)).ToArray();
        if (given.Length != 1 && !outer.IsDescribing)
        {
            var what = given.Length == 0 ? "unknown kind of fault" : "more than one kind in one fault";
            outer.Problem(
                outer.Place,
                outer.Path,
                $"{what}; accepted: {string.Join(", ", Kinds.Select(static kind => kind.Kind).Order(StringComparer.Ordinal))}"
            );
            return new DownFault("", [], 0, 0);
        }

        Fault fault = new DownFault("", [], 0, 0);
        foreach (var (kind, about) in given)
        {
            if (outer.Object(kind, "one of these", about, oneOf: true) is { } fields)
            {
                fault = Read(fields, kind, durationNs, context);
                if (!LiveKinds.Contains(kind))
                {
                    context.SimulatedOnly(outer, kind);
                }

                fields.End();
            }
        }

        return fault;
    }

    /// <summary>A fault that is commanded of one replica: it begins at 0, which is when the command takes effect.</summary>
    public static Fault ReadCommanded(FieldReader outer, string service, int replica, long durationNs)
    {
        if (OfReplicas.Where(outer.Has).ToArray() is not [var kind])
        {
            outer.Problem(outer.Place, outer.Path, $"one kind of fault is expected; accepted: {string.Join(", ", OfReplicas)}");
            return new DownFault(service, [replica], 0, 0);
        }

        var fields = outer.Object(kind, null, "")!;
        var length = fields.OptionalDurationNs("for", "to the end of the run", "how long it lasts") ?? durationNs;
        var fault = OfService(fields, kind, service, [replica], 0, length);
        fields.End();
        return fault;
    }

    private static Fault Read(FieldReader fields, string kind, long durationNs, ReadingContext context)
    {
        var from = fields.DurationNs("from", "0s", "when it begins");
        var length = fields.OptionalDurationNs("for", "to the end of the run", "how long it lasts; with 'every' each time") ?? durationNs;
        var until = from > long.MaxValue - length ? long.MaxValue : from + length;
        var repeat = RecurrenceReader.Read(fields, durationNs, ref until);
        return Read(fields, kind, from, until, context) with { Repeat = repeat };
    }

    private static Fault Read(FieldReader fields, string kind, long from, long until, ReadingContext context) =>
        kind switch
        {
            "latency" => new LatencyFault(
                ScopeReader.Read(fields),
                TimeReader.Read(fields, "added", null, "on top of what a message takes, each way", context),
                from,
                until
            ),
            "packet_loss" => new LossFault(ScopeReader.Read(fields), fields.Fraction("share", about: "of the messages"), from, until),
            "partition" => new PartitionFault(ScopeReader.ReadGroups(fields), from, until),
            "zone_loss" => new PartitionFault(new LinkScope([fields.Text("zone", about: "its name")], []), from, until),
            "dns_failure" => new DnsFault(fields.Text("name", "", "of a service or proxy; all names where none is given"), from, until),
            _ => OfService(fields, kind, fields.Text("service", about: "whose replicas it concerns"), Replicas(fields), from, until),
        };

    private static Fault OfService(FieldReader fields, string kind, string service, ImmutableArray<int> replicas, long from, long until) =>
        kind switch
        {
            "error_rate" => new ErrorRateFault(
                service,
                replicas,
                fields.Fraction("rate", about: "share of the answers"),
                fields.Integer("status", 503, 400, 599, "what is answered"),
                from,
                until
            ),
            "slow" => new SlowFault(
                service,
                replicas,
                fields.Number("factor", null, above: 0, max: 1e6, about: "what service times are multiplied by"),
                from,
                until
            ),
            "crash" => new CrashFault(service, replicas, from, until),
            "hang" => new HangFault(service, replicas, from, until),
            "refuse" => new RefuseFault(service, replicas, from, until),
            "gc_pause" => new GcPauseFault(service, replicas, from, until),
            "cpu_steal" => new CpuStealFault(
                service,
                replicas,
                Math.Min(fields.Fraction("share", about: "of the time, at most 99.9 %; 50% doubles all work"), 0.999),
                from,
                until
            ),
            _ => new DownFault(service, replicas, from, until),
        };

    private static ImmutableArray<int> Replicas(FieldReader fields)
    {
        var replicas = ImmutableArray.CreateBuilder<int>();
        foreach (var item in fields.List("replicas", about: "numbers of replicas, from 0; all where none are given"))
        {
            if (item is ConfigScalar scalar && int.TryParse(scalar.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var replica))
            {
                replicas.Add(replica);
            }
            else
            {
                fields.Problem(item.Place, fields.At("replicas"), "accepted are replica numbers, counted from 0");
            }
        }

        return replicas.ToImmutable();
    }
}
