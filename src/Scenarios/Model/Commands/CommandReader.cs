using System.Net;
using MeshSim.ProxyRuntime.Config;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.Scenarios.Model;

/// <summary>Reads a command, one JSON object with one field that says what is asked.</summary>
public static class CommandReader
{
    private const uint MaxWeight = 128_000;
    private const int MaxPriority = 128;
    private static readonly string[] ForEndpoints = ["drain", "fault", "recover"];
    private static readonly string[] ForProxies = ["add", "assignment", "drain", "health", "remove", "routes", "weight"];
    private static readonly string[] HealthWords = [.. Enum.GetNames<EdsHealth>().Select(static name => name.ToUpperInvariant())];

    /// <param name="target">The endpoint or proxy it is for, by the name it has in results.</param>
    /// <param name="problem">Why it cannot be carried out; null if it can.</param>
    public static EntityCommand? Read(Scenario scenario, string target, string json, out string? problem)
    {
        var problems = new List<ConfigProblem>();
        var command = DocumentReader.Read(json, target, out var unreadable) is { } root
            ? Read(scenario, target, new FieldReader(root, "", problems), problems)
            : null;
        if (unreadable is not null)
        {
            problems.Add(unreadable);
        }

        problem = problems.Count == 0 ? null : problems[0].ToString();
        return problems.Count == 0 ? command : null;
    }

    private static EntityCommand? Read(Scenario scenario, string target, FieldReader fields, List<ConfigProblem> problems)
    {
        foreach (var service in scenario.Services)
        {
            for (var replica = 0; replica < service.Replicas; replica++)
            {
                if (service.ReplicaName(replica) == target)
                {
                    return ForEndpoint(fields, service.Name, replica, scenario.DurationNs);
                }
            }
        }

        if (scenario.Proxies.FirstOrDefault(role => role.IsNameOf(target)) is { } proxy)
        {
            return ForProxy(fields, proxy, problems);
        }

        fields.Problem(fields.Place, "", $"there is no endpoint or proxy '{target}'{NearestWord.Suggest(target, Names(scenario))}");
        return null;
    }

    private static EntityCommand? ForEndpoint(FieldReader fields, string service, int replica, long durationNs)
    {
        if (Kind(fields, ForEndpoints) is not { } kind)
        {
            return null;
        }

        var inner = fields.Object(kind, null, "")!;
        EntityCommand command = kind switch
        {
            "fault" => new FaultCommand(FaultReader.ReadCommanded(inner, service, replica, durationNs)),
            "recover" => new RecoverCommand(),
            _ => new DrainCommand(),
        };
        inner.End();
        return command;
    }

    private static EntityCommand? ForProxy(FieldReader fields, ProxyRole proxy, List<ConfigProblem> problems)
    {
        if (Kind(fields, ForProxies) is not { } kind)
        {
            return null;
        }

        var inner = fields.Object(kind, null, "")!;
        EntityCommand? command = kind switch
        {
            "drain" => new DrainCommand(),
            "assignment" => Assignment(proxy, inner, problems),
            "routes" => Routes(proxy, inner, problems),
            _ => Edit(proxy, inner, kind),
        };
        inner.End();
        return command;
    }

    /// <summary>Which one is asked for; null, with a problem, if it is none or several.</summary>
    private static string? Kind(FieldReader fields, string[] kinds)
    {
        var given = kinds.Where(fields.Has).ToArray();
        fields.End();
        if (given is [var kind])
        {
            return kind;
        }

        fields.Problem(fields.Place, "", $"a command has one of {string.Join(", ", kinds)}");
        return null;
    }

    private static AssignmentCommand? Assignment(ProxyRole proxy, FieldReader fields, List<ConfigProblem> problems)
    {
        var (cluster, version) = (Cluster(proxy, fields), fields.Text("version", ""));
        if (fields.Node("assignment") is not { } assignment)
        {
            fields.Problem("assignment", "this field is required: a ClusterLoadAssignment");
            return null;
        }

        if (cluster is null)
        {
            return null;
        }

        var result = EndpointsFile.Of(proxy.Snapshot, cluster, assignment, fields.At("assignment"));
        problems.AddRange(result.Problems);
        return result.Answer.Assignment is { } built ? new AssignmentCommand(cluster.Name, built, version) : null;
    }

    private static RoutesCommand? Routes(ProxyRole proxy, FieldReader fields, List<ConfigProblem> problems)
    {
        if (fields.Node("route_config") is not { } given)
        {
            fields.Problem("route_config", "this field is required: a RouteConfiguration");
            return null;
        }

        var result = RoutesFile.Of(proxy.Snapshot, given, fields.At("route_config"));
        problems.AddRange(result.Problems);
        return result.Routes is { } routes ? new RoutesCommand(routes) : null;
    }

    private static AssignmentEdit? Edit(ProxyRole proxy, FieldReader fields, string kind)
    {
        var cluster = Cluster(proxy, fields)?.Name ?? "";
        var text = fields.Text("endpoint");
        if (!IPEndPoint.TryParse(text, out var parsed) || parsed.Port == 0)
        {
            fields.Problem("endpoint", $"'{text}' is not accepted; accepted is an IP address and a port, such as 10.1.0.1:8080");
            return null;
        }

        var address = new NetworkAddress(parsed.Address.ToString(), parsed.Port);
        return kind switch
        {
            "weight" => new WeightCommand(cluster, address, (uint)fields.RequiredInteger("weight", 1, (int)MaxWeight)),
            "health" => new HealthCommand(cluster, address, Health(fields)),
            "remove" => new RemoveCommand(cluster, address),
            _ => new AddCommand(cluster, address, (uint)fields.Integer("weight", 1, 1, (int)MaxWeight), fields.Integer("priority", 0, 0, MaxPriority)),
        };
    }

    private static EdsHealth Health(FieldReader fields)
    {
        var word = fields.Text("status");
        if (HealthWords.Contains(word))
        {
            return Enum.Parse<EdsHealth>(word, ignoreCase: true);
        }

        fields.Problem("status", $"'{word}' is not accepted{NearestWord.Suggest(word, HealthWords)}; accepted: {string.Join(", ", HealthWords)}");
        return EdsHealth.Unknown;
    }

    private static ClusterSnapshot? Cluster(ProxyRole proxy, FieldReader fields)
    {
        var name = fields.Text("cluster");
        var discovered = proxy.Snapshot.Clusters.Where(static cluster => cluster.Eds is not null).ToArray();
        if (Array.Find(discovered, cluster => cluster.Name == name) is { } found)
        {
            return found;
        }

        fields.Problem(
            "cluster",
            $"'{name}' is no cluster of type EDS of this proxy{NearestWord.Suggest(name, discovered.Select(static known => known.Name))}"
        );
        return null;
    }

    private static IEnumerable<string> Names(Scenario scenario) =>
        scenario
            .Proxies.SelectMany(static role => Enumerable.Range(0, role.Replicas).Select(role.ReplicaName))
            .Concat(scenario.Services.SelectMany(static service => Enumerable.Range(0, service.Replicas).Select(service.ReplicaName)));
}
