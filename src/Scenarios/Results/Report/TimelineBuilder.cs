using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using MeshSim.ProxyRuntime.Core;
using MeshSim.Scenarios.Model;

namespace MeshSim.Scenarios.Results;

/// <summary>What happened when: faults and changes of the scenario, what proxies wrote down of hosts, limits that were reached.</summary>
internal static class TimelineBuilder
{
    public const string Fault = "fault";
    public const string Ejection = "ejection";
    public const string Health = "health";
    public const string Breaker = "breaker";
    public const string Push = "push";
    public const string Expectation = "expectation";

    /// <summary>Of each kind so many are shown.</summary>
    private const int MostOfKind = 1000;

    public static ImmutableArray<ReportEvent> Of(Scenario scenario, RunResult result, AddressBook names)
    {
        var end = ReportBuilder.Seconds(result.DurationNs);
        return
        [
            .. Faults(scenario, end)
                .Concat(Pushes(scenario))
                .Concat(result.Proxies.SelectMany(proxy => OfHosts(proxy, result.BeginUnixNs, end, names)))
                .Concat(result.Proxies.SelectMany(static proxy => BreakerEvents.Of(proxy)))
                .Concat(
                    result
                        .Expectations.Where(static expectation => !expectation.Passed)
                        .Select(expectation => new ReportEvent(
                            end,
                            null,
                            Expectation,
                            "expectation",
                            $"not as expected: {expectation.Text}, measured {expectation.Measured}"
                        ))
                )
                .Where(one => one.AtS <= end)
                .GroupBy(static one => one.Kind, StringComparer.Ordinal)
                .SelectMany(static kind => kind.OrderBy(static one => one.AtS).Take(MostOfKind))
                .OrderBy(static one => one.AtS),
        ];
    }

    private static IEnumerable<ReportEvent> Faults(Scenario scenario, double end) =>
        scenario.Faults.SelectMany(fault =>
            scenario
                .Services.Where(service => service.Name == fault.Service)
                .SelectMany(service =>
                    Enumerable.Range(0, service.Replicas).Where(replica => fault.Concerns(service.Name, replica)).Select(service.ReplicaName)
                )
                .Select(replica => new ReportEvent(
                    ReportBuilder.Seconds(fault.FromNs),
                    Math.Min(end, ReportBuilder.Seconds(fault.UntilNs)),
                    Fault,
                    replica,
                    fault.Description
                ))
        );

    private static IEnumerable<ReportEvent> Pushes(Scenario scenario) =>
        scenario
            .EndpointChanges.Where(static change => change.AtNs > 0)
            .Select(static change => new ReportEvent(
                ReportBuilder.Seconds(change.AtNs),
                null,
                Push,
                change.Proxy,
                $"cluster '{change.Cluster}' has other endpoints from now on"
            ));

    /// <summary>Ejections and results of health checks, from the lines of event logs: what begins and ends is one event.</summary>
    private static List<ReportEvent> OfHosts(ProxyRecord proxy, long beginUnixNs, double end, AddressBook names)
    {
        var events = new List<ReportEvent>();
        var open = new Dictionary<(string Kind, string Cluster, string Address), int>();
        var former = "";
        foreach (var (_, json) in proxy.Events)
        {
            // Several logs may have got the same line.
            if (json == former)
            {
                continue;
            }

            former = json;
            using var document = JsonDocument.Parse(json);
            var root = document.RootElement;
            if (!root.TryGetProperty("timestamp", out var stamp))
            {
                continue;
            }

            var at = Math.Max(0, ReportBuilder.Seconds(UnixNs(stamp.GetString()!) - beginUnixNs));
            var cluster = root.GetProperty("cluster_name").GetString()!;
            if (root.TryGetProperty("action", out var action))
            {
                OnOutlier(root, action.GetString()!, at, cluster);
            }
            else
            {
                OnHealth(root, at, cluster);
            }
        }

        foreach (var index in open.Values)
        {
            events[index] = events[index] with { UntilS = end };
        }

        return events;

        void OnOutlier(JsonElement root, string action, double at, string cluster)
        {
            var address = root.GetProperty("upstream_url").GetString()!;
            if (action == "EJECT")
            {
                var enforced = root.GetProperty("enforced").GetBoolean();
                var type = root.GetProperty("type").GetString()!.ToLowerInvariant().Replace('_', ' ');
                var number = root.GetProperty("num_ejections").GetInt64();
                var what = enforced
                    ? string.Create(CultureInfo.InvariantCulture, $"{proxy.Name} ejects it from '{cluster}': {type}, ejection {number} of this host")
                    : $"{proxy.Name} would eject it from '{cluster}' ({type}), which is not enforced";
                Begin(enforced ? Ejection : "", at, cluster, address, Ejection, what);
            }
            else
            {
                End(Ejection, at, cluster, address);
            }
        }

        void OnHealth(JsonElement root, double at, string cluster)
        {
            var socket = root.GetProperty("host").GetProperty("socket_address");
            var address = new NetworkAddress(socket.GetProperty("address").GetString()!, socket.GetProperty("port_value").GetInt32()).Text;
            if (root.TryGetProperty("eject_unhealthy_event", out var failure))
            {
                var type = failure.GetProperty("failure_type").GetString()!.ToLowerInvariant().Replace('_', ' ');
                Begin(Health, at, cluster, address, Health, $"{proxy.Name} finds it unhealthy in '{cluster}' by its checks ({type})");
            }
            else if (root.TryGetProperty("add_healthy_event", out _))
            {
                End(Health, at, cluster, address);
            }
            else if (root.TryGetProperty("degraded_healthy_host", out _))
            {
                events.Add(new ReportEvent(at, null, Health, names.Name(proxy.Name, address), $"{proxy.Name} finds it degraded in '{cluster}'"));
            }
        }

        void Begin(string opens, double at, string cluster, string address, string kind, string what)
        {
            if (opens.Length > 0)
            {
                open[(opens, cluster, address)] = events.Count;
            }

            events.Add(new ReportEvent(at, null, kind, names.Name(proxy.Name, address), what));
        }

        void End(string kind, double at, string cluster, string address)
        {
            if (open.Remove((kind, cluster, address), out var index))
            {
                events[index] = events[index] with { UntilS = at };
            }
        }
    }

    /// <summary>Nanoseconds since the Unix epoch of <c>1970-01-01T00:00:20.123456789Z</c>.</summary>
    private static long UnixNs(string stamp)
    {
        var point = stamp.IndexOf('.', StringComparison.Ordinal);
        var whole = point < 0 ? stamp.TrimEnd('Z') : stamp[..point];
        var seconds = DateTimeOffset
            .ParseExact(whole, "yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal)
            .ToUnixTimeSeconds();
        var fraction = point < 0 ? 0 : long.Parse(stamp[(point + 1)..].TrimEnd('Z').PadRight(9, '0'), CultureInfo.InvariantCulture);
        return (seconds * MonotonicTime.NanosecondsPerSecond) + fraction;
    }
}
