using System.Globalization;
using MeshSim.ProxyRuntime.Config;

namespace MeshSim.Scenarios.Model;

/// <summary>What sidecars and calls demand of the other parts of a scenario.</summary>
internal static class CallChecks
{
    public static void Check(FieldReader root, Scenario scenario)
    {
        for (var i = 0; i < scenario.Services.Length; i++)
        {
            var service = scenario.Services[i];
            if (service.Sidecar is { } sidecar)
            {
                CheckSidecar(root, i, scenario, sidecar);
            }

            foreach (var call in service.AllCalls)
            {
                CheckCall(root, i, scenario, service, call);
            }
        }
    }

    private static void CheckSidecar(FieldReader root, int index, Scenario scenario, Sidecar sidecar)
    {
        if (scenario.Proxies.FirstOrDefault(proxy => proxy.Name == sidecar.Proxy) is not { } role)
        {
            Problem(sidecar.Proxy, $"unknown proxy '{sidecar.Proxy}'{Suggest(sidecar.Proxy, scenario)}");
            return;
        }

        foreach (var port in new[] { sidecar.InboundPort, sidecar.OutboundPort }.OfType<int>())
        {
            if (!role.Snapshot.Listeners.IsEmpty && role.Snapshot.Listeners.All(listener => listener.Address?.Port != port))
            {
                Problem(port.ToString(CultureInfo.InvariantCulture), $"proxy '{role.Name}' has no listener at port {port}");
            }
        }

        void Problem(string value, string message) => root.ProblemIn("services", index, "sidecar", value, message);
    }

    private static void CheckCall(FieldReader root, int index, Scenario scenario, ServiceRole service, OutgoingCall call)
    {
        switch (call.Via)
        {
            case OutgoingCall.BySidecar when service.Sidecar is null:
                Problem("to", call.To, $"a call to '{call.To}' goes by the sidecar, and '{service.Name}' has none");
                break;
            case OutgoingCall.BySidecar:
                break;
            case OutgoingCall.Directly when scenario.Services.All(other => other.Name != call.To):
                Problem("to", call.To, $"unknown service '{call.To}'{NearestWord.Suggest(call.To, scenario.Services.Select(static other => other.Name))}");
                break;
            case OutgoingCall.Directly:
                break;
            default:
                if (scenario.Proxies.All(proxy => proxy.Name != call.Via))
                {
                    Problem("via", call.Via, $"unknown proxy '{call.Via}'{Suggest(call.Via, scenario)}; accepted are also 'sidecar' and 'direct'");
                }

                break;
        }

        void Problem(string field, string value, string message) => root.ProblemIn("services", index, field, value, message);
    }

    private static string Suggest(string name, Scenario scenario) => NearestWord.Suggest(name, scenario.Proxies.Select(static proxy => proxy.Name));
}
