using MeshSim.ProxyRuntime.Config;

namespace MeshSim.Scenarios.Model;

/// <summary>What the parts of a scenario demand of each other.</summary>
internal static class ScenarioChecks
{
    public static void Check(FieldReader root, Scenario scenario, ReadingContext context)
    {
        if (scenario.DurationNs <= 0 && !context.Problems.Exists(static problem => problem.Path == "duration"))
        {
            root.Problem("duration", "must be above 0");
        }

        if (scenario.WarmUpNs >= scenario.DurationNs && scenario.DurationNs > 0)
        {
            root.Problem("warm_up", "must be shorter than the duration");
        }

        foreach (
            var twice in scenario
                .Proxies.Select(static p => p.Name)
                .Concat(scenario.Services.Select(static s => s.Name))
                .GroupBy(static n => n, StringComparer.Ordinal)
                .Where(static g => g.Count() > 1)
        )
        {
            root.Problem(root.Place, twice.Key, $"the name '{twice.Key}' is used twice");
        }

        foreach (var load in scenario.Load.Where(load => scenario.Proxies.All(proxy => proxy.Name != load.To)))
        {
            root.Problem("load", $"unknown proxy '{load.To}'{NearestWord.Suggest(load.To, scenario.Proxies.Select(static p => p.Name))}");
        }

        CheckListeners(root, scenario);
        if (ProxyProtocols.FirstUnspoken(scenario.Proxies) is { } unspoken)
        {
            root.Problem("proxies", unspoken);
        }

        CallChecks.Check(root, scenario);
        NameChecks.Check(root, scenario);
        foreach (var fault in scenario.Faults.Where(static fault => fault is not (NetworkFault or DnsFault)))
        {
            var service = scenario.Services.FirstOrDefault(service => service.Name == fault.Service);
            if (service is null)
            {
                root.Problem("faults", $"unknown service '{fault.Service}'{NearestWord.Suggest(fault.Service, scenario.Services.Select(static s => s.Name))}");
            }
            else if (fault.Replicas.Any(replica => replica >= service.Replicas))
            {
                root.Problem("faults", $"service '{service.Name}' has replicas 0 to {service.Replicas - 1}");
            }
        }
    }

    private static void CheckListeners(FieldReader root, Scenario scenario)
    {
        for (var i = 0; i < scenario.Load.Length; i++)
        {
            var load = scenario.Load[i];
            if (
                scenario.Proxies.FirstOrDefault(proxy => proxy.Name == load.To) is { } proxy
                && !proxy.Snapshot.Listeners.IsEmpty
                && proxy.ListenerOf(load.Listener) is null
            )
            {
                string[] known =
                [
                    .. proxy.Snapshot.Listeners.Select(static listener => listener.Name.Length > 0 ? listener.Name : $"{listener.Address?.Port}"),
                ];
                root.Problem(
                    root.PlaceIn("load", i),
                    $"load[{i}].listener",
                    $"'{load.To}' has no listener '{load.Listener}'{NearestWord.Suggest(load.Listener!, known)}; it has {string.Join(", ", known)}"
                );
            }
        }
    }
}
