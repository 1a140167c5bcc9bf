using System.Collections.Immutable;
using MeshSim.Scenarios.Model;

namespace MeshSim.Scenarios.Results;

/// <summary>Who sent how much to whom. Replicas are boxes of their own while there are few, else one box for all of a role.</summary>
internal static class TopologyBuilder
{
    public const string Clients = "clients";

    private const int MostBoxes = 14;

    public static (ImmutableArray<ReportNode> Nodes, ImmutableArray<ReportEdge> Edges) Of(Scenario scenario, RunResult result, AddressBook names)
    {
        var boxes = Boxes(scenario, result.Proxies.Length + result.Endpoints.Length > MostBoxes);
        var edges = new SortedDictionary<(string From, string To), ReportEdge>(
            Comparer<(string From, string To)>.Create(
                static (a, b) => string.CompareOrdinal(a.From, b.From) is not 0 and var order ? order : string.CompareOrdinal(a.To, b.To)
            )
        );
        var arrived = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var proxy in result.Proxies)
        {
            foreach (var host in (proxy.Details ?? ProxyDetails.Empty).Hosts.Where(static host => host.Total > 0))
            {
                var to = names.Name(host.Address);
                arrived[to] = arrived.GetValueOrDefault(to) + host.Total;
                Add(boxes.GetValueOrDefault(proxy.Name, proxy.Name), boxes.GetValueOrDefault(to, to), host.Total, host.Error, host.Timeout);
            }
        }

        foreach (var proxy in result.Proxies.Where(proxy => scenario.TakesLoad(proxy.Name)))
        {
            var (all, failed) = (proxy.Responses.Values.Sum(), Failed(proxy));
            var fromClients = Math.Max(0, all - arrived.GetValueOrDefault(proxy.Name));
            if (fromClients > 0)
            {
                Add(Clients, boxes.GetValueOrDefault(proxy.Name, proxy.Name), fromClients, Math.Min(failed, fromClients), 0);
            }
        }

        var nodes = new Dictionary<string, ReportNode>(StringComparer.Ordinal)
        {
            [Clients] = new(
                Clients,
                "client",
                result.Totals.Sent,
                result.Totals.ByStatus.Where(static entry => entry.Key is 0 or >= 500).Sum(static entry => entry.Value)
            ),
        };
        foreach (var proxy in result.Proxies)
        {
            AddNode(boxes.GetValueOrDefault(proxy.Name, proxy.Name), "proxy", proxy.Responses.Values.Sum(), Failed(proxy));
        }

        foreach (var endpoint in result.Endpoints)
        {
            AddNode(boxes.GetValueOrDefault(endpoint.Name, endpoint.Name), "endpoint", endpoint.Arrivals, endpoint.Errors);
        }

        foreach (var edge in edges.Values.Where(edge => !nodes.ContainsKey(edge.To)).ToArray())
        {
            AddNode(edge.To, "stranger", edge.Requests, edge.Errors);
        }

        return ([.. nodes.Values], [.. edges.Values]);

        void Add(string from, string to, long requests, long errors, long timeouts)
        {
            var known = edges.GetValueOrDefault((from, to)) ?? new ReportEdge(from, to, 0, 0, 0);
            edges[(from, to)] = known with { Requests = known.Requests + requests, Errors = known.Errors + errors, Timeouts = known.Timeouts + timeouts };
        }

        void AddNode(string id, string kind, long requests, long errors)
        {
            var known = nodes.GetValueOrDefault(id) ?? new ReportNode(id, kind, 0, 0);
            nodes[id] = known with { Requests = known.Requests + requests, Errors = known.Errors + errors };
        }
    }

    private static long Failed(ProxyRecord proxy) => proxy.Responses.Where(static entry => ReportBuilder.IsFailure(entry.Key)).Sum(static entry => entry.Value);

    private static Dictionary<string, string> Boxes(Scenario scenario, bool byRole)
    {
        var boxes = new Dictionary<string, string>(StringComparer.Ordinal);
        if (byRole)
        {
            foreach (var role in scenario.Proxies)
            {
                Put(role.Name, role.Replicas, role.ReplicaName);
            }

            foreach (var service in scenario.Services)
            {
                Put(service.Name, service.Replicas, service.ReplicaName);
            }
        }

        return boxes;

        void Put(string name, int replicas, Func<int, string> replicaName)
        {
            for (var replica = 0; replica < replicas; replica++)
            {
                boxes[replicaName(replica)] = replicas == 1 ? replicaName(0) : $"{name} ×{replicas}";
            }
        }
    }
}
