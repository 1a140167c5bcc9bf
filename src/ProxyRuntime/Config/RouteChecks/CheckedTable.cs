using System.Collections.Immutable;
using Envoy.Config.Route.V3;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>A route table as a check uses it: as written, and as it acts.</summary>
/// <param name="Message">As written, shares of 0 being 1.</param>
/// <param name="Table">As it acts. It has every route of the message.</param>
/// <param name="RuntimeKeys">The keys by which routes may be switched.</param>
internal sealed record CheckedTable(RouteConfiguration Message, RouteTable Table, ImmutableArray<string> RuntimeKeys)
{
    /// <summary>The table to check; null, with problems, if it cannot be read, or if it is not certain which is meant.</summary>
    public static CheckedTable? Load(RouteCheckConfig config, ConfigEnvironment? environment, out ConfigResult result)
    {
        if (BootstrapLoader.ReadDocument(config.Text, config.File, overlay: null, out var problem) is not { } root)
        {
            result = new ConfigResult(null, [problem!], []);
            return null;
        }

        if (config.Overlay is not null)
        {
            if (!TableDocument.IsConfiguration(root))
            {
                const string Refusal = "--config-yaml is merged over a bootstrap; a route table is accepted only alone";
                result = new ConfigResult(null, [new ConfigProblem(config.File, root.Place.Line, root.Place.Column, "", Refusal)], []);
                return null;
            }

            root = BootstrapLoader.ReadDocument(config.Text, config.File, config.Overlay, out problem);
            if (root is null)
            {
                result = new ConfigResult(null, [problem!], []);
                return null;
            }
        }

        // Filters do not run in a check, so that it does not matter which are supported.
        var map = new SourceMap(environment, allowUnsupported: true);
        var tables = TableDocument.Read(root, map, out var bootstrap);
        ConstraintTable.Check(map);
        CodeChecks.Check(map, bootstrap);
        if (Choose(config, tables, root.Place, map) is not { } message)
        {
            result = new ConfigResult(null, BootstrapLoader.Sorted(map.Problems), []);
            return null;
        }

        AllowShares(message);
        var table = new RouteTableBuilder(new BuildContext(map)).Build(message);
        ModelledFields.WarnOfOthers(map);
        result = ResultFor(map, map.Of(message).Path.ToString());
        return result.Problems.IsEmpty ? new CheckedTable(message, table, KeysOf(message)) : null;
    }

    private static RouteConfiguration? Choose(RouteCheckConfig config, IReadOnlyList<FoundTable> tables, ConfigPlace place, SourceMap map)
    {
        var wanted = tables.Where(table =>
            (config.Listener is null || table.Listener == config.Listener) && (config.RouteConfig is null || table.Table.Name == config.RouteConfig)
        );
        var found = wanted.DistinctBy(static table => table.Table, ReferenceEqualityComparer.Instance).ToArray();
        if (found.Length == 1)
        {
            return (RouteConfiguration)found[0].Table;
        }

        if (tables.Count == 0)
        {
            // Often there are problems that say why.
            if (map.Problems.Count == 0)
            {
                map.Problem(
                    place,
                    ConfigPath.Root,
                    "there is no route table in it; accepted: a RouteConfiguration, or an Envoy bootstrap or dump that holds one"
                );
            }

            return null;
        }

        const int MaxListed = 40;
        var asked = config.RouteConfig is { } name ? $" named '{name}'" : "";
        asked += config.Listener is { } listener ? $" of listener '{listener}'" : "";
        var choice = found.Length > 0 ? found : [.. tables];
        var listed = string.Join(", ", choice.Take(MaxListed).Select(static table => table.ToString()).Distinct(StringComparer.Ordinal));
        var more = choice.Length > MaxListed ? $" and {choice.Length - MaxListed} more" : "";
        map.Problem(
            place,
            ConfigPath.Root,
            found.Length > 0
                ? $"{found.Length} route tables{asked}; choose one with --route-config NAME or --listener NAME: {listed}{more}"
                : $"there is no route table{asked}; there are: {listed}{more}"
        );
        return null;
    }

    /// <summary>As in Envoy's tool a share of nothing counts as one of the smallest, so that a test can switch its route on. One without a key never acts.</summary>
    private static void AllowShares(RouteConfiguration table)
    {
        foreach (var match in table.VirtualHosts.SelectMany(static host => host.Routes).Select(static route => route.Match))
        {
            if (match?.RuntimeFraction is not { } fraction)
            {
                continue;
            }

            fraction.DefaultValue ??= new Envoy.Type.V3.FractionalPercent();
            if (fraction.RuntimeKey.Length == 0)
            {
                fraction.DefaultValue.Numerator = 0;
            }
            else if (fraction.DefaultValue.Numerator == 0)
            {
                fraction.DefaultValue.Numerator = 1;
            }
        }
    }

    private static ImmutableArray<string> KeysOf(RouteConfiguration table) =>
        [
            .. table
                .VirtualHosts.SelectMany(static host => host.Routes)
                .Select(static route => route.Match?.RuntimeFraction?.RuntimeKey ?? "")
                .Where(static key => key.Length > 0)
                .Distinct(StringComparer.Ordinal),
        ];

    /// <summary>What concerns the table. The rest of a configuration may be wrong or unsupported: of that only the number is told.</summary>
    private static ConfigResult ResultFor(SourceMap map, string path)
    {
        var problems = BootstrapLoader.Sorted(map.Problems.Where(problem => IsWithin(problem.Path, path)));
        var warnings = map.Warnings.Where(warning =>
            IsWithin(warning.Path, path) && !warning.Path.Contains("typed_per_filter_config", StringComparison.Ordinal)
        );
        var elsewhere = map.Problems.Count(problem => !problem.Unsupported && !IsWithin(problem.Path, path));
        if (elsewhere > 0)
        {
            var first = BootstrapLoader.Sorted(map.Problems.Where(problem => !problem.Unsupported && !IsWithin(problem.Path, path)))[0];
            var told = $"the first of {elsewhere} problem(s) outside the route table, which do not concern it: {first.Message}";
            warnings = warnings.Append(first with { Message = told });
        }

        return new ConfigResult(null, problems, BootstrapLoader.Sorted(warnings));
    }

    private static bool IsWithin(string path, string table) =>
        path.StartsWith(table, StringComparison.Ordinal) && (table.Length == 0 || path.Length == table.Length || path[table.Length] is '.' or '[');
}
