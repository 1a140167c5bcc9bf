using System.Collections.Immutable;
using System.Globalization;
using MeshSim.ProxyRuntime.Config;

namespace MeshSim.Scenarios.Model;

/// <summary>Reads what was measured in one run of an experiment.</summary>
internal static class RunReader
{
    public static ExperimentRun Read(FieldReader fields, Scenario setUp, List<ConfigProblem> problems)
    {
        var run = new ExperimentRun(
            (long)fields.Number("sent", null, min: 0, max: 1e12),
            fields.Number("ok_fraction", null, min: 0, max: 1),
            Quantile(fields, "ok_p50_ms"),
            Quantile(fields, "ok_p90_ms"),
            Quantile(fields, "ok_p99_ms"),
            Counts(fields, "arrivals", required: true),
            fields.Node("stats") is null ? null : Counts(fields, "stats"),
            [.. fields.List("seconds").Select((node, i) => ReadSecond(new FieldReader(node, Indexed(fields, i), problems)))]
        );
        var servers = setUp.Services.Select(static service => service.Name).ToArray();
        foreach (var stranger in run.Arrivals.Keys.Except(servers, StringComparer.Ordinal))
        {
            fields.Problem("arrivals", $"unknown server '{stranger}'{NearestWord.Suggest(stranger, servers)}");
        }

        fields.End();
        return run;
    }

    private static string Indexed(FieldReader run, int index) => string.Create(CultureInfo.InvariantCulture, $"{run.At("seconds")}[{index}]");

    /// <summary>Null, as where nothing was answered with 200, counts as 0.</summary>
    private static double Quantile(FieldReader fields, string name) =>
        fields.Node(name) is ConfigScalar { Scalar: ScalarKind.Null } ? 0 : fields.Number(name, null, min: 0);

    private static double? Optional(FieldReader fields, string name) =>
        fields.Node(name) is null or ConfigScalar { Scalar: ScalarKind.Null } ? null : fields.Number(name, null, min: 0);

    private static ExperimentSecond ReadSecond(FieldReader fields)
    {
        var second = new ExperimentSecond(
            fields.RequiredInteger("second", 0, 1_000_000),
            (long)fields.Number("sent", null, min: 0, max: 1e12),
            Statuses(fields),
            Optional(fields, "p50_ms"),
            Optional(fields, "p99_ms"),
            Counts(fields, "arrivals")
        );
        fields.End();
        return second;
    }

    private static ImmutableSortedDictionary<int, long> Statuses(FieldReader fields)
    {
        var statuses = ImmutableSortedDictionary.CreateBuilder<int, long>();
        foreach (var (status, count) in Counts(fields, "statuses"))
        {
            if (int.TryParse(status, NumberStyles.None, CultureInfo.InvariantCulture, out var code))
            {
                statuses[code] = count;
            }
            else
            {
                fields.Problem("statuses", $"'{status}' is no status; accepted are whole numbers, 0 for no answer");
            }
        }

        return statuses.ToImmutable();
    }

    /// <summary>Numbers by name; they may stand in quotes.</summary>
    private static ImmutableSortedDictionary<string, long> Counts(FieldReader fields, string name, bool required = false)
    {
        var counts = ImmutableSortedDictionary.CreateBuilder<string, long>(StringComparer.Ordinal);
        foreach (var entry in fields.Entries(name, required))
        {
            if (entry.Value is ConfigScalar scalar && long.TryParse(scalar.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var count))
            {
                counts[entry.Key] = count;
            }
            else
            {
                fields.Problem(entry.Value.Place, $"{fields.At(name)}.{entry.Key}", "expected a whole number from 0");
            }
        }

        return counts.ToImmutable();
    }
}
