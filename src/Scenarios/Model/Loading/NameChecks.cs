using MeshSim.ProxyRuntime.Config;

namespace MeshSim.Scenarios.Model;

/// <summary>Names that faults of the network and changes use.</summary>
internal static class NameChecks
{
    public static void Check(FieldReader root, Scenario scenario)
    {
        CheckChanges(root, scenario);
        CheckNodes(root, scenario);
        string[] names = [.. scenario.Proxies.Select(static proxy => proxy.Name), .. scenario.Services.Select(static service => service.Name)];
        string[] zones =
        [
            .. scenario
                .Proxies.SelectMany(static proxy => proxy.Zones)
                .Concat(scenario.Services.SelectMany(static service => service.Zones))
                .Concat(scenario.Load.Select(static load => load.Zone).OfType<string>())
                .Distinct(StringComparer.Ordinal),
        ];
        for (var i = 0; i < scenario.Faults.Length; i++)
        {
            string[] used = scenario.Faults[i] switch
            {
                NetworkFault network => [.. network.Scope.Of, .. network.Scope.Groups.SelectMany(static group => group)],
                DnsFault { Name.Length: > 0 } dns => [dns.Name],
                _ => [],
            };
            var known = scenario.Faults[i] is DnsFault ? names : [.. names, .. zones];
            foreach (var unknown in used.Where(name => !known.Contains(name)))
            {
                root.ProblemIn("faults", i, null, unknown, $"no service, proxy or zone has the name '{unknown}'{NearestWord.Suggest(unknown, known)}");
            }
        }
    }

    private static void CheckNodes(FieldReader root, Scenario scenario)
    {
        string[] nodes = [.. scenario.Nodes.Select(static node => node.Name)];
        foreach (var twice in nodes.GroupBy(static name => name, StringComparer.Ordinal).Where(static group => group.Count() > 1))
        {
            root.Problem("nodes", $"the name '{twice.Key}' is used twice");
        }

        for (var i = 0; i < scenario.Services.Length; i++)
        {
            foreach (var unknown in scenario.Services[i].Nodes.Where(name => !nodes.Contains(name)))
            {
                root.ProblemIn("services", i, "node", unknown, $"unknown node '{unknown}'{NearestWord.Suggest(unknown, nodes)}");
            }
        }
    }

    private static void CheckChanges(FieldReader root, Scenario scenario)
    {
        for (var i = 0; i < scenario.Changes.Length; i++)
        {
            var change = scenario.Changes[i];
            if (change.Service.Length > 0 && Complaint(scenario, change) is { } complaint)
            {
                root.ProblemIn("changes", i, "service", change.Service, complaint);
            }
        }
    }

    private static string? Complaint(Scenario scenario, ServiceChange change) =>
        scenario.Services.FirstOrDefault(service => service.Name == change.Service) is not { } service
            ? $"unknown service '{change.Service}'{NearestWord.Suggest(change.Service, scenario.Services.Select(static service => service.Name))}"
        : change is AutoscalerChange scaler && (service.Replicas < scaler.Least || service.Replicas > scaler.Most)
            ? $"service '{service.Name}' begins with {service.Replicas} replicas, and its autoscaler wants {scaler.Least} to {scaler.Most}"
        : change is AutoscalerChange && scenario.Changes.Count(other => other.Service == service.Name) > 1
            ? $"service '{service.Name}' has an autoscaler and other changes; accepted is one of both"
        : change is AutoscalerChange && scenario.AllCalls.Any(call => call.Via == OutgoingCall.Directly && call.To == service.Name)
            ? $"service '{service.Name}' has an autoscaler and is called directly; accepted are calls through proxies"
        : !service.Addresses.IsEmpty ? $"service '{service.Name}' has an 'address' for each of its replicas, and so the same for ever"
        : null;
}
