using System.Collections.Immutable;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.Scenarios.Model;

/// <summary>Everything a run counted: integers only, in the order of entities, so that it is the same whatever the partitions.</summary>
public sealed record RunResult
{
    public required string Scenario { get; init; }

    public required ulong Seed { get; init; }

    /// <summary>Virtual time simulated, or real time, nanoseconds.</summary>
    public required long DurationNs { get; init; }

    /// <summary>Time cut from the totals at the beginning, nanoseconds.</summary>
    public required long WarmUpNs { get; init; }

    /// <summary>When a load or fault begins or ends, or replicas change, sorted, without the begin and the end of the run itself.</summary>
    public ImmutableArray<long> ChangesNs { get; init; } = [];

    /// <summary>What clients saw after the warm-up.</summary>
    public required ClientTotals Totals { get; init; }

    /// <summary>What clients saw, second by second, warm-up included.</summary>
    public required ImmutableArray<SecondRecord> Seconds { get; init; }

    public required ImmutableArray<ProxyRecord> Proxies { get; init; }

    public required ImmutableArray<EndpointRecord> Endpoints { get; init; }

    /// <summary>How the run was divided; not part of the hash.</summary>
    public ImmutableArray<PartitionRecord> Partitions { get; init; } = [];

    public ImmutableArray<ExpectationRecord> Expectations { get; init; } = [];

    /// <summary>What else is to be said of how it ended. Not part of the hash.</summary>
    public ImmutableArray<string> Notes { get; init; } = [];

    /// <summary>Wall time at its begin, nanoseconds since the Unix epoch; 0 in virtual time. Not part of the hash.</summary>
    public long BeginUnixNs { get; init; }

    /// <summary>The machine it ran on in real time; null for virtual time.</summary>
    public MachineRecord? Machine { get; init; }

    /// <summary>The result of a run, with the scenario's expectations checked.</summary>
    public static RunResult Of(
        Scenario scenario,
        ulong seed,
        ClientRecorder clients,
        ImmutableArray<ProxyRecord> proxies,
        ImmutableArray<EndpointRecord> endpoints
    )
    {
        var result = new RunResult
        {
            Scenario = scenario.Name,
            Seed = seed,
            DurationNs = scenario.DurationNs,
            WarmUpNs = scenario.WarmUpNs,
            ChangesNs = Changes(scenario),
            Totals = clients.Totals,
            Seconds = clients.Seconds,
            Proxies = RequestSample.Narrow(proxies, scenario),
            Endpoints = endpoints,
        };
        return result with { Expectations = [.. scenario.Expectations.Select(expectation => expectation.Check(result))] };
    }

    /// <summary>When a load or fault of a scenario begins or ends, sorted, without the begin and the end of the run itself.</summary>
    public static ImmutableArray<long> Changes(Scenario scenario) =>
        [
            .. scenario
                .Load.SelectMany(static load => new[] { load.FromNs, load.UntilNs })
                .Concat(scenario.Faults.SelectMany(static fault => new[] { fault.FromNs, fault.UntilNs }))
                .Concat(scenario.Changes.Select(static change => change.AtNs))
                .Where(time => time > 0 && time < scenario.DurationNs)
                .Distinct()
                .Order(),
        ];
}

/// <summary>What clients saw.</summary>
/// <param name="Sent">Requests sent after the warm-up.</param>
/// <param name="ByStatus">Answers by status code; 0 stands for no answer. Counts requests that were sent after the warm-up.</param>
/// <param name="Latency">From sending to the last byte of the answer, all answers.</param>
/// <param name="OkLatency">The same for 2xx answers.</param>
public sealed record ClientTotals(long Sent, ImmutableSortedDictionary<int, long> ByStatus, LatencyHistogram Latency, LatencyHistogram OkLatency)
{
    /// <summary>Attempts that clients themselves made after a first one.</summary>
    public long Retries { get; init; }

    /// <summary>Answers with 2xx.</summary>
    public long Ok => ByStatus.Where(static entry => entry.Key is >= 200 and < 300).Sum(static entry => entry.Value);

    /// <summary>Requests that had an outcome, an answer or none.</summary>
    public long Counted => ByStatus.Values.Sum();

    /// <summary>Answers with 2xx among what was counted, 0 to 1; not a number where nothing was.</summary>
    public double SuccessRate => (double)Ok / Counted;
}

/// <summary>One second as clients saw it; answers belong to the second they arrived in.</summary>
public sealed record SecondRecord(int Second, long Sent, ImmutableSortedDictionary<int, long> ByStatus, LatencyHistogram Latency);

/// <summary>One proxy, simulated or live.</summary>
/// <param name="Name">Its name in the scenario.</param>
/// <param name="Stats">Counters and gauges that are not 0, under Envoy's names, summed over its workers.</param>
/// <param name="Responses">Responses by <c>status</c> or <c>status flags</c>, for example <c>503 UF,URX</c>.</param>
public sealed record ProxyRecord(string Name, ImmutableSortedDictionary<string, long> Stats, ImmutableSortedDictionary<string, long> Responses)
{
    /// <summary>A proxy by the statistics of its machines, which are summed by name.</summary>
    public static ProxyRecord Of(string name, IEnumerable<StatSheet> sheets, ImmutableSortedDictionary<string, long> responses)
    {
        var stats = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var sheet in sheets)
        {
            foreach (var counter in sheet.Counters)
            {
                stats[counter.Name] = stats.GetValueOrDefault(counter.Name) + counter.Value;
            }

            foreach (var gauge in sheet.Gauges)
            {
                stats[gauge.Name] = stats.GetValueOrDefault(gauge.Name) + gauge.Value;
            }
        }

        return new ProxyRecord(name, stats.Where(static entry => entry.Value != 0).ToImmutableSortedDictionary(StringComparer.Ordinal), responses);
    }

    /// <summary>What it wrote into event logs: results of health checks, ejections.</summary>
    public ImmutableArray<ProxyEvent> Events { get; init; } = [];

    /// <summary>What a report shows; null where nobody wrote it down.</summary>
    public ProxyDetails? Details { get; init; }

    /// <summary>What those of <see cref="Stats"/> that results are compared by gained in each second; those that stayed 0 are not there.</summary>
    public ImmutableSortedDictionary<string, ImmutableArray<long>> StatsBySecond { get; init; } =
        ImmutableSortedDictionary.Create<string, ImmutableArray<long>>(StringComparer.Ordinal);
}

/// <summary>A line of an event log.</summary>
/// <param name="File">The log, as configured.</param>
/// <param name="Json">One JSON object.</param>
public sealed record ProxyEvent(string File, string Json);

/// <summary>One endpoint, simulated or live (a replica of a service).</summary>
/// <param name="Name">Service and replica number, <c>httpbin-0</c>.</param>
/// <param name="Address">Its address, <c>10.0.0.1:80</c> or, on loopback, <c>127.16.0.1:80</c>.</param>
/// <param name="Arrivals">Requests that reached it, retries and health checks included.</param>
/// <param name="Answered">Answers it sent.</param>
/// <param name="Errors">Answers of these with a status of 500 or more.</param>
/// <param name="MaxQueue">Most requests that waited for a worker at once.</param>
public sealed record EndpointRecord(string Name, string Address, long Arrivals, long Answered, long Errors, long MaxQueue)
{
    /// <summary>Arrivals in each second, up to the last that has some.</summary>
    public ImmutableArray<long> ArrivalsBySecond { get; init; } = [];

    /// <summary>Answers in each second, up to the last that has some.</summary>
    public ImmutableArray<long> AnsweredBySecond { get; init; } = [];

    /// <summary>Answers with a status of 500 or more in each second.</summary>
    public ImmutableArray<long> ErrorsBySecond { get; init; } = [];

    /// <summary>Most requests that waited at once in each second.</summary>
    public ImmutableArray<long> MaxQueueBySecond { get; init; } = [];
}

/// <summary>One partition of a run.</summary>
public sealed record PartitionRecord(int Index, int Entities, long Events)
{
    /// <summary>The silo it ended in; empty where there are none.</summary>
    public string Silo { get; init; } = "";

    /// <summary>Batches of events it sent to other partitions.</summary>
    public long Batches { get; init; }

    /// <summary>How often it was begun: 1, and one more for each time its silo was lost.</summary>
    public int Executions { get; init; } = 1;
}

/// <summary>One expectation of the scenario and whether it held.</summary>
/// <param name="Text">As written, <c>success_rate &gt;= 99%</c>.</param>
/// <param name="Measured">What was measured, with its unit.</param>
public sealed record ExpectationRecord(string Text, string Measured, bool Passed);
