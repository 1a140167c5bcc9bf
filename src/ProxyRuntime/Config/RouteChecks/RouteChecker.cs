using System.Collections.Immutable;
using Envoy.RouterCheckToolSchema;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>
/// Holds a route table against a test file of Envoy's route table check tool. What a request meets is the proxy's own routing
/// (<see cref="Core.RouteProbe"/>): no connection manager, no filters; the runtime is what the test says.
/// </summary>
public static class RouteChecker
{
    /// <param name="config">Where the table stands.</param>
    /// <param name="tests">The test file, YAML or JSON; JSON may have trailing commas.</param>
    /// <param name="testsFile">Its name.</param>
    /// <param name="environment">The files and variables the table may refer to; null for none.</param>
    public static RouteCheckOutcome Run(RouteCheckConfig config, string tests, string testsFile, ConfigEnvironment? environment = null)
    {
        var table = CheckedTable.Load(config, environment, out var loaded);
        var items = ReadTests(tests, testsFile, out var read);
        ImmutableArray<ConfigProblem> problems = [.. loaded.Problems, .. read];
        if (table is null || items is null || !problems.IsEmpty)
        {
            return new RouteCheckOutcome(problems, loaded.Warnings, [], new ValidationResult(), new RouteCoverage(null));
        }

        var coverage = new RouteCoverage(table);
        var all = new ValidationResult();
        var outcomes = ImmutableArray.CreateBuilder<RouteTestOutcome>();
        foreach (var item in items)
        {
            var run = new RouteTest(table, item, coverage);
            run.Run();
            outcomes.Add(new RouteTestOutcome(item.Message.TestName, [.. run.Failures]));
            all.TestResults.Add(run.Result);
        }

        return new RouteCheckOutcome([], loaded.Warnings, outcomes.ToImmutable(), all, coverage);
    }

    private static List<RouteTestItem>? ReadTests(string text, string file, out ImmutableArray<ConfigProblem> problems)
    {
        if (DocumentReader.Read(text, file, trailingCommas: true, out var problem) is not { } root)
        {
            problems = [problem!];
            return null;
        }

        var map = new SourceMap();
        var tests = (Validation)new ProtoReader(map).ReadMessage(Validation.Descriptor, root, ConfigPath.Root);
        ConstraintTable.Check(map);
        CodeChecks.Check(map, new Envoy.Config.Bootstrap.V3.Bootstrap());
        var matchers = new MatcherBuilder(new BuildContext(map));
        List<RouteTestItem> items = [.. tests.Tests.Select(test => RouteTestItem.Of(test, matchers))];
        problems = BootstrapLoader.Sorted(map.Problems);
        return items;
    }
}

/// <summary>Where the route table to check stands.</summary>
/// <param name="Text">A RouteConfiguration, a bootstrap, a dump, or what istioctl prints, YAML or JSON.</param>
/// <param name="File">Its name.</param>
/// <param name="Overlay">Merged over a bootstrap; null for none.</param>
/// <param name="Listener">The listener whose table is meant; null for any.</param>
/// <param name="RouteConfig">The name of the table that is meant; null for any.</param>
public sealed record RouteCheckConfig(string Text, string File, ConfigOverlay? Overlay = null, string? Listener = null, string? RouteConfig = null);
