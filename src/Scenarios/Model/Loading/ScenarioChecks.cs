using System.Globalization;
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

        CheckNames(root, scenario);
        CheckLoad(root, scenario);
        if (ProxyProtocols.FirstUnspoken(scenario.Proxies) is { } unspoken)
        {
            root.Problem("proxies", unspoken);
        }

        CallChecks.Check(root, scenario);
        NameChecks.Check(root, scenario);
        CheckFaults(root, scenario);
    }

    /// <summary>Proxies and services are called by their names alone.</summary>
    private static void CheckNames(FieldReader root, Scenario scenario)
    {
        var taken = new HashSet<string>(StringComparer.Ordinal);
        Take("proxies", scenario.Proxies.Select(static proxy => proxy.Name));
        Take("services", scenario.Services.Select(static service => service.Name));

        void Take(string list, IEnumerable<string> names)
        {
            foreach (var (name, i) in names.Select(static (name, i) => (name, i)).Where(entry => !taken.Add(entry.name)))
            {
                root.ProblemIn(list, i, "name", name, $"the name '{name}' is used twice");
            }
        }
    }

    private static void CheckFaults(FieldReader root, Scenario scenario)
    {
        for (var i = 0; i < scenario.Faults.Length; i++)
        {
            // What names no service at all has been told already.
            if (scenario.Faults[i] is not { Service.Length: > 0 } fault || fault is NetworkFault or DnsFault)
            {
                continue;
            }

            if (scenario.Services.FirstOrDefault(service => service.Name == fault.Service) is not { } service)
            {
                var known = scenario.Services.Select(static service => service.Name);
                root.ProblemIn("faults", i, "service", fault.Service, $"unknown service '{fault.Service}'{NearestWord.Suggest(fault.Service, known)}");
            }
            else if (fault.Replicas.FirstOrDefault(replica => replica >= service.Replicas, -1) is >= 0 and var replica)
            {
                root.ProblemIn(
                    "faults",
                    i,
                    "replicas",
                    replica.ToString(CultureInfo.InvariantCulture),
                    $"service '{service.Name}' has replicas 0 to {service.Replicas - 1}"
                );
            }
        }
    }

    private static void CheckLoad(FieldReader root, Scenario scenario)
    {
        for (var i = 0; i < scenario.Load.Length; i++)
        {
            var load = scenario.Load[i];
            if (load.To.Length == 0)
            {
                continue; // That has been told already.
            }

            if (scenario.Proxies.FirstOrDefault(proxy => proxy.Name == load.To) is not { } proxy)
            {
                var names = scenario.Proxies.Select(static proxy => proxy.Name);
                root.ProblemIn("load", i, "to", load.To, $"unknown proxy '{load.To}'{NearestWord.Suggest(load.To, names)}");
            }
            else if (!proxy.Snapshot.Listeners.IsEmpty && proxy.ListenerOf(load.Listener) is null)
            {
                string[] known =
                [
                    .. proxy.Snapshot.Listeners.Select(static listener => listener.Name.Length > 0 ? listener.Name : $"{listener.Address?.Port}"),
                ];
                root.ProblemIn(
                    "load",
                    i,
                    "listener",
                    load.Listener ?? "",
                    $"'{load.To}' has no listener '{load.Listener}'{NearestWord.Suggest(load.Listener!, known)}; it has {string.Join(", ", known)}"
                );
            }
        }
    }
}
