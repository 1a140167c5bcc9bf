using System.Globalization;
using MeshSim.ProxyRuntime.Config;

namespace MeshSim.Scenarios.Model;

/// <summary>Reads scenario files and the Envoy configurations they name; every problem of all of them is reported at once.</summary>
public static class ScenarioLoader
{
    /// <param name="text">The scenario file.</param>
    /// <param name="file">Its name, for messages.</param>
    /// <param name="readFile">Gives the text of a file named in the scenario, relative to it; null when there is none such.</param>
    /// <param name="settings">Values that the command line gives; null for none.</param>
    public static ScenarioResult Load(string text, string file, Func<string, string?> readFile, IReadOnlyCollection<ScenarioSetting>? settings = null)
    {
        if (DocumentReader.Read(text, file, out var problem) is not { } root)
        {
            return new ScenarioResult(null, [problem!], []);
        }

        var context = new ReadingContext(readFile);
        var whole = ScenarioDocument.Prepare(root, settings ?? [], context);
        var scenario = Read(new FieldReader(whole, "", context.Problems), context);
        return new ScenarioResult(context.Problems.Count == 0 ? scenario : null, [.. context.Problems], [.. context.Warnings])
        {
            Document = whole,
            IsAsWritten = ReferenceEquals(whole, root),
        };
    }

    /// <summary>The fields of a scenario, in the order they are told in.</summary>
    internal static Scenario Read(FieldReader root, ReadingContext context)
    {
        var name = root.Text("name", about: "what it is called: the name of its result folder");
        var description = root.Text("description", "", "a sentence for lists and summaries");
        var duration = root.DurationNs("duration", about: "virtual time to simulate, above 0");
        var scenario = new Scenario
        {
            Name = name,
            Description = description,
            Seed = Seed(root),
            DurationNs = duration,
            WarmUpNs = root.DurationNs("warm_up", "0s", "time at the begin that the totals leave out, below the duration"),
            Network = NetworkReader.Read(root, context),
            Proxies = root.Each("proxies", "proxies with their Envoy configuration", fields => ProxyReader.Read(fields, context), required: true),
            Services = root.Each("services", "applications", fields => ServiceReader.Read(fields, context), required: true),
            Nodes = root.Each("nodes", "machines whose CPU time the services on them share", fields => NodeReader.Read(fields, context)),
            Load = root.Each("load", "who sends requests", fields => LoadReader.Read(fields, duration, context), required: true),
            Faults = root.Each("faults", "what goes wrong, and when", fields => FaultReader.Read(fields, duration, context)),
            Changes = [.. root.Each("changes", "how the replicas of services change", fields => ChangeReader.Read(fields, context)).OfType<ServiceChange>()],
        };
        var changes = root.Each(
            "endpoints",
            "what clusters of type EDS are told of their endpoints, and when",
            fields => EndpointChangeReader.Read(fields, scenario.Proxies, context)
        );
        var pushes = root.Each(
            "routes",
            "which route tables proxies are told as the run goes on, and when",
            fields => RouteChangeReader.Read(fields, scenario.Proxies, context)
        );
        scenario = scenario with { RouteChanges = [.. pushes.OfType<RouteChange>().OrderBy(static push => push.AtNs)] };
        scenario = scenario with { Expectations = ExpectationReader.Read(root, scenario) };
        scenario = scenario with { EndpointChanges = EndpointChangeReader.Ordered(root, changes, scenario.Proxies), NotLive = [.. context.NotLive] };
        root.End();
        ScenarioChecks.Check(root, scenario, context);
        return scenario;
    }

    private static ulong? Seed(FieldReader root)
    {
        var text = root.Text("seed", "", "of everything random, a whole number from 0; the command line goes first, and without either one is drawn");
        if (text.Length == 0)
        {
            return null;
        }

        if (ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seed))
        {
            return seed;
        }

        root.Problem("seed", $"'{text}' is not accepted; accepted is a whole number from 0");
        return null;
    }
}
