using System.Collections.Immutable;
using System.Globalization;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.Scenarios.Model;

/// <summary>Makes of faults that come again and again those that really come, each with one begin and one end, from the seed.</summary>
public static class FaultSchedule
{
    /// <summary>So many windows of one fault at most.</summary>
    private const int MostWindows = 1_000_000;

    public static ImmutableArray<Fault> Of(Scenario scenario, ulong seed)
    {
        var random = new RandomSource(seed).DeriveSource("faults");
        var all = ImmutableArray.CreateBuilder<Fault>();
        for (var i = 0; i < scenario.Faults.Length; i++)
        {
            var fault = scenario.Faults[i];
            if (fault.Repeat is not { } repeat)
            {
                all.Add(fault);
                continue;
            }

            foreach (var one in repeat.IsRandom ? EachReplica(scenario, fault) : [fault])
            {
                var name = string.Create(CultureInfo.InvariantCulture, $"{i}/{(one.Replicas.IsEmpty ? -1 : one.Replicas[0])}");
                all.AddRange(Windows(one, repeat, Math.Min(one.UntilNs, scenario.DurationNs), random.Derive("windows", name)));
            }
        }

        return all.ToImmutable();
    }

    private static IEnumerable<Fault> EachReplica(Scenario scenario, Fault fault)
    {
        if (scenario.Services.FirstOrDefault(service => service.Name == fault.Service) is not { } service)
        {
            return [fault];
        }

        var replicas = fault.Replicas.IsEmpty ? Enumerable.Range(0, service.Replicas) : fault.Replicas;
        return replicas.Select(replica => fault with { Replicas = [replica] });
    }

    private static IEnumerable<Fault> Windows(Fault fault, Recurrence repeat, long untilNs, RandomStream random)
    {
        var begin = fault.FromNs;
        for (var i = 0; i < MostWindows; i++)
        {
            var from = repeat.IsRandom ? begin + Samplers.ExponentialNs(random, repeat.EveryNs) : begin + (long)(random.NextDouble() * repeat.JitterNs);
            var length = repeat.IsRandom ? Samplers.ExponentialNs(random, repeat.LengthNs) : repeat.LengthNs;
            if (from >= untilNs)
            {
                yield break;
            }

            yield return fault with
            {
                FromNs = from,
                UntilNs = Math.Min(from + length, untilNs),
                Repeat = null,
            };
            begin = repeat.IsRandom ? from + length : begin + repeat.EveryNs;
        }
    }
}
