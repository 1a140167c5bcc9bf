using MeshSim.ProxyRuntime.Config;

namespace MeshSim.Scenarios.Model;

/// <summary>What sidecars and calls demand of the other parts of a scenario.</summary>
internal static class CallChecks
{
    public static void Check(FieldReader root, Scenario scenario)
    {
        for (var i = 0; i < scenario.Services.Length; i++)
        {
            var place = root.PlaceIn("services", i);
            var service = scenario.Services[i];
            if (service.Sidecar is { } sidecar)
            {
                CheckSidecar(root, place, scenario, service, sidecar);
            }

            foreach (var call in service.AllCalls)
            {
                CheckCall(root, place, scenario, service, call);
            }
        }
    }

    private static void CheckSidecar(FieldReader root, ConfigPlace place, Scenario scenario, ServiceRole service, Sidecar sidecar)
    {
        if (scenario.Proxies.FirstOrDefault(proxy => proxy.Name == sidecar.Proxy) is not { } role)
        {
            root.Problem(place, $"services.{service.Name}.sidecar", $"unknown proxy '{sidecar.Proxy}'{Suggest(sidecar.Proxy, scenario)}");
            return;
        }

        foreach (var port in new[] { sidecar.InboundPort, sidecar.OutboundPort }.OfType<int>())
        {
            if (!role.Snapshot.Listeners.IsEmpty && role.Snapshot.Listeners.All(listener => listener.Address?.Port != port))
            {
                root.Problem(place, $"services.{service.Name}.sidecar", $"proxy '{role.Name}' has no listener at port {port}");
            }
        }
    }

    private static void CheckCall(FieldReader root, ConfigPlace place, Scenario scenario, ServiceRole service, OutgoingCall call)
    {
        var path = $"services.{service.Name}.calls";
        switch (call.Via)
        {
            case OutgoingCall.BySidecar when service.Sidecar is null:
                root.Problem(place, path, $"a call to '{call.To}' goes by the sidecar, and '{service.Name}' has none");
                break;
            case OutgoingCall.BySidecar:
                break;
            case OutgoingCall.Directly when scenario.Services.All(other => other.Name != call.To):
                root.Problem(place, path, $"unknown service '{call.To}'{NearestWord.Suggest(call.To, scenario.Services.Select(static other => other.Name))}");
                break;
            case OutgoingCall.Directly:
                break;
            default:
                if (scenario.Proxies.All(proxy => proxy.Name != call.Via))
                {
                    root.Problem(place, path, $"unknown proxy '{call.Via}'{Suggest(call.Via, scenario)}; accepted are also 'sidecar' and 'direct'");
                }

                break;
        }
    }

    private static string Suggest(string name, Scenario scenario) => NearestWord.Suggest(name, scenario.Proxies.Select(static proxy => proxy.Name));
}
