using System.Collections.Immutable;
using System.Globalization;
using MeshSim.ProxyRuntime.Config;

namespace MeshSim.Scenarios.Model;

/// <summary>Reads one fault, <c>error_rate: {…}</c>, <c>slow: {…}</c> or <c>down: {…}</c>.</summary>
internal static class FaultReader
{
    private static readonly string[] Kinds = ["down", "error_rate", "slow"];

    /// <param name="durationNs">How long the run is: faults without an end last as long.</param>
    public static Fault Read(FieldReader outer, long durationNs, List<ConfigProblem> problems)
    {
        var given = Kinds.Where(kind => outer.Node(kind) is not null).ToArray();
        if (given is not [var kind])
        {
            var what = given.Length == 0 ? "unknown kind of fault" : "more than one kind in one fault";
            outer.Problem(outer.Place, outer.Path, $"{what}; accepted: {string.Join(", ", Kinds)}");
            return new DownFault("", [], 0, 0);
        }

        var fields = new FieldReader(outer.Node(kind)!, outer.At(kind), problems);
        var fault = Read(fields, kind, durationNs);
        fields.End();
        return fault;
    }

    private static Fault Read(FieldReader fields, string kind, long durationNs)
    {
        var from = fields.DurationNs("from", "0s");
        var length = fields.Node("for") is null ? durationNs : fields.DurationNs("for");
        var until = from > long.MaxValue - length ? long.MaxValue : from + length;
        var service = fields.Text("service");
        var replicas = Replicas(fields);
        return kind switch
        {
            "error_rate" => new ErrorRateFault(service, replicas, fields.Fraction("rate"), fields.Integer("status", 503, 400, 599), from, until),
            "slow" => new SlowFault(service, replicas, fields.Number("factor", null, above: 0, max: 1e6), from, until),
            _ => new DownFault(service, replicas, from, until),
        };
    }

    private static ImmutableArray<int> Replicas(FieldReader fields)
    {
        var replicas = ImmutableArray.CreateBuilder<int>();
        foreach (var item in fields.List("replicas"))
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
