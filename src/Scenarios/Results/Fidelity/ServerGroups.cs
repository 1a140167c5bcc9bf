using System.Globalization;
using MeshSim.Scenarios.Model;

namespace MeshSim.Scenarios.Results;

/// <summary>Servers of an experiment that have the same set-up: a chart shows them as one.</summary>
internal static class ServerGroups
{
    private const int MostNames = 4;

    public static IEnumerable<(string Name, string[] Servers)> Of(Experiment experiment) =>
        experiment
            .SetUp.Services.GroupBy(service => Likeness(experiment.SetUp, service), static service => service.Name, StringComparer.Ordinal)
            .Select(static group => (Name([.. group]), group.ToArray()));

    private static string Name(string[] servers) =>
        servers.Length switch
        {
            1 => servers[0],
            <= MostNames => $"{string.Join(", ", servers)} (mean)",
            _ => string.Create(CultureInfo.InvariantCulture, $"{servers.Length} servers (mean)"),
        };

    private static string Likeness(Scenario setUp, ServiceRole service)
    {
        var faults = setUp.Faults.Where(fault => fault.Service == service.Name).Select(static fault => $"{fault with { Service = "" }}");
        return $"{service.Workers} {service.ServiceTime} {string.Join(';', faults)}";
    }
}
