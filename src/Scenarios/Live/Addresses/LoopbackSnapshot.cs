using System.Collections.Immutable;
using System.Net;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.Scenarios.Live;

/// <summary>
/// A configuration as it runs on loopback: addresses translated, names of statistics kept, access logs left out unless they are asked for,
/// event logs in files of the run.
/// </summary>
internal static class LoopbackSnapshot
{
    /// <param name="eventLog">Gives the file that stands for a log of the configuration.</param>
    /// <param name="accessLog">The file that access logs go to; null where they are left out.</param>
    public static ProxySnapshot Of(PlannedProxy proxy, LoopbackPlan plan, Func<string, string> eventLog, string? accessLog = null)
    {
        var snapshot = proxy.Role.Snapshot;
        return snapshot with
        {
            Admin = snapshot.Admin is { } admin ? new NetworkAddress(proxy.Address.ToString(), LoopbackPlan.Port(admin.Port)) : null,
            Listeners = [.. snapshot.Listeners.Select((listener, i) => Listener(listener, proxy.Listeners[i], accessLog))],
            Clusters = [.. snapshot.Clusters.Select(cluster => Cluster(cluster, plan, eventLog))],
            OutlierEventLogPath = snapshot.OutlierEventLogPath.Length > 0 ? eventLog(snapshot.OutlierEventLogPath) : "",
        };
    }

    /// <summary>What of a configuration built-in services on loopback cannot serve, as text for the user; null for nothing.</summary>
    public static string? FirstUnserved(ProxySnapshot snapshot)
    {
        foreach (var cluster in snapshot.Clusters)
        {
            if (cluster.Type == DiscoveryType.OriginalDst)
            {
                return $"cluster '{cluster.Name}', type ORIGINAL_DST: requests name addresses that are others on loopback. Accepted: STATIC, STRICT_DNS, LOGICAL_DNS";
            }

            if (cluster.HealthChecks.Any(static check => !IsPassedBy200(check.Probe)))
            {
                return $"cluster '{cluster.Name}', health_checks: built-in services answer 200 with bytes of 0. "
                    + "Accepted: http_health_check whose expected_statuses have 200, tcp_health_check, both without receive";
            }
        }

        return null;
    }

    private static bool IsPassedBy200(ProbeSnapshot probe) =>
        probe switch
        {
            HttpProbeSnapshot http => http.Receive.IsEmpty && http.ExpectedStatuses.Any(static range => range.Contains(200)),
            TcpProbeSnapshot tcp => tcp.Receive.IsEmpty && tcp.Send.IsEmpty,
            _ => true,
        };

    private static ListenerSnapshot Listener(ListenerSnapshot listener, IPEndPoint bound, string? accessLog) =>
        listener with
        {
            Address = new NetworkAddress(bound.Address.ToString(), bound.Port),
            ConnectionManager = listener.ConnectionManager is { } manager ? manager with { AccessLogs = Logs(manager, accessLog) } : null,
        };

    private static ImmutableArray<AccessLogSnapshot> Logs(HttpConnectionManagerSnapshot manager, string? file) =>
        file is null ? [] : [.. manager.AccessLogs.Select(log => log with { Sink = AccessLogSink.File, Path = file })];

    private static ClusterSnapshot Cluster(ClusterSnapshot cluster, LoopbackPlan plan, Func<string, string> eventLog) =>
        cluster with
        {
            Endpoints = [.. cluster.Endpoints.Select(endpoint => Endpoint(endpoint, plan))],
            HealthChecks = [.. cluster.HealthChecks.Select(check => check with { EventLogPaths = [.. check.EventLogPaths.Select(eventLog)] })],
        };

    private static EndpointSnapshot Endpoint(EndpointSnapshot endpoint, LoopbackPlan plan)
    {
        var at = plan.Translate(endpoint.Address, endpoint.Port);
        var check = endpoint.HealthCheck;
        var probed = check.Address.Length > 0 ? plan.Translate(check.Address, check.Port > 0 ? check.Port : endpoint.Port) : null;
        return endpoint with
        {
            Address = at.Ip,
            Port = at.Port,
            HealthCheck = check with { Address = probed?.Ip ?? "", Port = probed?.Port ?? LoopbackPlan.Port(check.Port) },
        };
    }
}
