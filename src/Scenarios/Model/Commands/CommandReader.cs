using System.Globalization;
using MeshSim.ProxyRuntime.Config;

namespace MeshSim.Scenarios.Model;

/// <summary>Reads a command, one JSON object with one field that says what is asked.</summary>
public static class CommandReader
{
    private static readonly string[] ForProxies = ["assignment", "drain"];

    /// <param name="target">The endpoint or proxy it is for.</param>
    /// <param name="problem">Why it cannot be carried out; null if it can.</param>
    public static EntityCommand? Read(Scenario scenario, string target, string json, out string? problem)
    {
        var problems = new List<ConfigProblem>();
        var command = DocumentReader.Read(json, target, out var unreadable) is { } root ? Read(scenario, target, new FieldReader(root, "", problems), problems) : null;
        if (unreadable is not null)
        {
            problems.Add(unreadable);
        }

        problem = problems.Count == 0 ? null : problems[0].ToString();
        return problems.Count == 0 ? command : null;
    }

    private static EntityCommand? Read(Scenario scenario, string target, FieldReader fields, List<ConfigProblem> problems)
    {
        if (ProxyNamed(scenario, target) is { } proxy)
        {
            return Kind(fields, ForProxies) switch
            {
                "assignment" => Assignment(proxy, new FieldReader(fields.Node("assignment")!, fields.At("assignment"), problems), problems),
                "drain" => new DrainCommand(),
                _ => null,
            };
        }

        fields.Problem(fields.Place, "", $"there is no proxy '{target}'{NearestWord.Suggest(target, ProxyNames(scenario))}");
        return null;
    }

    private static string? Kind(FieldReader fields, string[] kinds)
    {
        var given = kinds.Where(kind => fields.Node(kind) is not null).ToArray();
        fields.End();
        if (given is not [var kind])
        {
            fields.Problem(fields.Place, "", $"a command has one of {string.Join(", ", kinds)}");
            return null;
        }

        return kind;
    }

    private static AssignmentCommand? Assignment(ProxyRole proxy, FieldReader fields, List<ConfigProblem> problems)
    {
        var (name, version) = (fields.Text("cluster"), fields.Text("version", ""));
        var discovered = proxy.Snapshot.Clusters.Where(static cluster => cluster.Eds is not null).ToArray();
        var assignment = fields.Node("assignment");
        fields.End();
        if (Array.Find(discovered, cluster => cluster.Name == name) is not { } found)
        {
            fields.Problem("cluster", $"'{name}' is no cluster of type EDS of this proxy{NearestWord.Suggest(name, discovered.Select(static known => known.Name))}");
            return null;
        }

        if (assignment is null)
        {
            fields.Problem("assignment", "this field is required: a ClusterLoadAssignment");
            return null;
        }

        var result = EndpointsFile.Of(proxy.Snapshot, found, assignment, fields.At("assignment"));
        problems.AddRange(result.Problems);
        return result.Answer.Assignment is { } built ? new AssignmentCommand(name, built, version) : null;
    }

    private static ProxyRole? ProxyNamed(Scenario scenario, string name) =>
        scenario.Proxies.FirstOrDefault(role => Enumerable.Range(0, role.Replicas).Any(replica => role.ReplicaName(replica) == name));

    private static IEnumerable<string> ProxyNames(Scenario scenario) =>
        scenario.Proxies.SelectMany(static role => Enumerable.Range(0, role.Replicas).Select(role.ReplicaName));
}
