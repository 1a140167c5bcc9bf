using System.Collections.Immutable;
using System.Globalization;
using MeshSim.Scenarios.Model;

namespace MeshSim.Scenarios.Results;

/// <summary>Who sent how much to whom, by the boxes of <see cref="TopologyBoxes"/>.</summary>
internal sealed class TopologyBuilder
{
    public const string Clients = "clients";

    /// <summary>More boxes than this are not told apart.</summary>
    private const int Most = 60;

    private readonly TopologyBoxes boxes;
    private readonly SortedDictionary<(string From, string To), ReportEdge> edges = new(
        Comparer<(string From, string To)>.Create(
            static (a, b) => string.CompareOrdinal(a.From, b.From) is not 0 and var order ? order : string.CompareOrdinal(a.To, b.To)
        )
    );
    private readonly Dictionary<string, ReportNode> nodes = new(StringComparer.Ordinal);

    private TopologyBuilder(TopologyBoxes boxes) => this.boxes = boxes;

    /// <summary>Boxes, what passed between them, and the names of boxes that nothing came to where those are left out.</summary>
    public static (ImmutableArray<ReportNode> Nodes, ImmutableArray<ReportEdge> Edges, ImmutableArray<string> Idle) Of(
        Scenario scenario,
        RunResult result,
        AddressBook names
    )
    {
        var builder = new TopologyBuilder(new TopologyBoxes(scenario, result));
        builder.AddEdges(scenario, result, names);
        builder.AddNodes(result);
        var idle = builder.boxes.IsByReplica ? [] : builder.RemoveIdle();
        builder.JoinOthers();
        return ([.. builder.nodes.Values], [.. builder.edges.Values], idle);
    }

    private static long Failed(ProxyRecord proxy) => proxy.Responses.Where(static entry => ReportBuilder.IsFailure(entry.Key)).Sum(static entry => entry.Value);

    private void AddEdges(Scenario scenario, RunResult result, AddressBook names)
    {
        var arrived = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var proxy in result.Proxies)
        {
            foreach (var host in (proxy.Details ?? ProxyDetails.Empty).Hosts)
            {
                var to = names.Name(proxy.Name, host.Address);
                arrived[to] = arrived.GetValueOrDefault(to) + host.Total;

                // What a limit refused, or found no connection, failed at the host and was never sent to it.
                AddEdge(boxes.Of(proxy.Name), boxes.Of(to), Math.Max(host.Total, host.Success + host.Error), host.Error, host.Timeout);
            }
        }

        foreach (var proxy in result.Proxies.Where(proxy => scenario.TakesLoad(proxy.Name)))
        {
            var (all, failed) = (proxy.Responses.Values.Sum(), Failed(proxy));
            var fromClients = Math.Max(0, all - arrived.GetValueOrDefault(proxy.Name));
            if (fromClients > 0)
            {
                AddEdge(Clients, boxes.Of(proxy.Name), fromClients, Math.Min(failed, fromClients), 0);
            }
        }
    }

    private void AddNodes(RunResult result)
    {
        AddNode(Clients, "client", result.Totals.Sent, result.Totals.ByStatus.Where(static entry => entry.Key is 0 or >= 500).Sum(static entry => entry.Value));
        foreach (var endpoint in result.Endpoints)
        {
            AddNode(boxes.Of(endpoint.Name), "endpoint", endpoint.Arrivals, endpoint.Errors);
        }

        foreach (var proxy in result.Proxies)
        {
            // In the box of its application a request is counted when the application has it.
            if (nodes.GetValueOrDefault(boxes.Of(proxy.Name)) is not { Kind: "endpoint" })
            {
                AddNode(boxes.Of(proxy.Name), "proxy", proxy.Responses.Values.Sum(), Failed(proxy));
            }
        }

        foreach (var edge in edges.Values.Where(edge => !nodes.ContainsKey(edge.To)).ToArray())
        {
            AddNode(edge.To, "stranger", edge.Requests, edge.Errors);
        }
    }

    private ImmutableArray<string> RemoveIdle()
    {
        var used = edges.Keys.SelectMany(static edge => (string[])[edge.From, edge.To]).Append(Clients).ToHashSet(StringComparer.Ordinal);
        ImmutableArray<string> idle = [.. nodes.Values.Where(node => node.Requests == 0 && !used.Contains(node.Id)).Select(static node => node.Id)];
        foreach (var name in idle)
        {
            _ = nodes.Remove(name);
        }

        return idle;
    }

    /// <summary>Of too many boxes those stay that clients reach, then those that had most failures, then most requests; the others become one.</summary>
    private void JoinOthers()
    {
        if (nodes.Count <= Most)
        {
            return;
        }

        var others = nodes
            .Values.Where(static node => node.Id != Clients)
            .OrderByDescending(node => edges.ContainsKey((Clients, node.Id)))
            .ThenByDescending(static node => node.Errors)
            .ThenByDescending(static node => node.Requests)
            .ThenBy(static node => node.Id, StringComparer.Ordinal)
            .Skip(Most - 2)
            .ToArray();
        var box = string.Create(CultureInfo.InvariantCulture, $"{others.Length} others");
        var joined = others.Select(static node => node.Id).ToHashSet(StringComparer.Ordinal);
        foreach (var node in others)
        {
            _ = nodes.Remove(node.Id);
            AddNode(box, "others", node.Requests, node.Errors);
        }

        foreach (var edge in edges.Values.Where(edge => joined.Contains(edge.From) || joined.Contains(edge.To)).ToArray())
        {
            _ = edges.Remove((edge.From, edge.To));
            AddEdge(Kept(edge.From), Kept(edge.To), edge.Requests, edge.Errors, edge.Timeouts);
        }

        string Kept(string name) => joined.Contains(name) ? box : name;
    }

    /// <summary>What stays within a box is not told.</summary>
    private void AddEdge(string from, string to, long requests, long errors, long timeouts)
    {
        if (from == to || requests == 0)
        {
            return;
        }

        var known = edges.GetValueOrDefault((from, to)) ?? new ReportEdge(from, to, 0, 0, 0);
        edges[(from, to)] = known with { Requests = known.Requests + requests, Errors = known.Errors + errors, Timeouts = known.Timeouts + timeouts };
    }

    private void AddNode(string id, string kind, long requests, long errors)
    {
        var known = nodes.GetValueOrDefault(id) ?? new ReportNode(id, kind, 0, 0);
        nodes[id] = known with { Requests = known.Requests + requests, Errors = known.Errors + errors };
    }
}
