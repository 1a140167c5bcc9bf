using System.CommandLine;
using MeshSim.ProxyRuntime.Config;
using MeshSim.Scenarios.Model;

namespace MeshSim.Silo;

/// <summary><c>--access-log PROXY</c> of runs, simulated and live.</summary>
internal static class AccessLogOption
{
    public static readonly Option<string?> Option = new("--access-log") { Description = "Keep the access log of this proxy, in its own format" };

    /// <summary>The proxy whose log is to be kept; null for none.</summary>
    /// <exception cref="BadInputException">There is no such proxy, or it has no log.</exception>
    public static string? Read(ParseResult arguments, Scenario scenario)
    {
        if (arguments.GetValue(Option) is not { } logged)
        {
            return null;
        }

        var names = scenario
            .Proxies.SelectMany(static role => Enumerable.Range(0, role.Replicas).Select(role.ReplicaName).Prepend(role.Name))
            .Distinct(StringComparer.Ordinal)
            .ToArray();
        if (!names.Contains(logged, StringComparer.Ordinal))
        {
            throw new BadInputException(
                $"--access-log {logged}: there is no such proxy; there is {string.Join(", ", names)}{NearestWord.Suggest(logged, names)}"
            );
        }

        return scenario.Proxies.Any(role => (role.Name == logged || role.IsNameOf(logged)) && HasLog(role))
            ? logged
            : throw new BadInputException($"--access-log {logged}: its configuration has no access_log");
    }

    private static bool HasLog(ProxyRole role) =>
        role.Snapshot.Listeners.Any(static listener => listener.AllFilterChains.Any(static chain => !chain.AccessLogs.IsEmpty));
}
