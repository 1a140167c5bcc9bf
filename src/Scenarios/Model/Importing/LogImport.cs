using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Text;
using MeshSim.ProxyRuntime.Config;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.Scenarios.Model;

/// <summary>A scenario made from an access log: the load as it was, services as long as the log says, the configuration that is given.</summary>
public sealed class LogImport
{
    /// <summary>What the proxy is called.</summary>
    public const string Proxy = "proxy";

    private const long NsInS = 1_000_000_000;

    /// <summary>A pause that is worth a note.</summary>
    private const long LongGapS = 600;

    private readonly AccessLog log;
    private readonly string name;
    private readonly bool fitsTimes;
    private readonly List<string> notes = [];
    private readonly Dictionary<LoggedRequest, string> clusterOf = new(ReferenceEqualityComparer.Instance);
    private readonly LogRoutes? routes;
    private readonly ServicePlan plan;

    private LogImport(AccessLog log, ImportedConfig? given, string name, bool fitsTimes)
    {
        this.fitsTimes = fitsTimes;
        this.log = log;
        this.name = name;
        Totals = new LogTotals(log.Requests);
        routes = given is null ? null : LogRoutes.Of(given.Snapshot, log.Requests);
        Attribute(given?.Snapshot);
        Uses =
        [
            .. log
                .Requests.GroupBy(request => clusterOf[request], StringComparer.Ordinal)
                .Where(static group => group.Key.Length > 0)
                .Select(static group => new ClusterUse(group.Key, [.. group]))
                .OrderByDescending(static use => use.Requests)
                .ThenBy(static use => use.Name, StringComparer.Ordinal),
        ];
        Config = given ?? PlainConfig();
        plan = ServicePlan.Of(Config.Snapshot, Uses, Proxy);
        notes.AddRange(plan.Notes);
        TellOfStrangers(given?.Snapshot);
        TellOfRoutes();
        TellOfAnswers();
        TellOfGap();
        Files =
        [
            ("scenario.yaml", ScenarioText()),
            (Config.File, ConfigText()),
            ("requests.trace", TraceText()),
            .. plan
                .Services.Where(service => TimeText(service).Contains("empirical", StringComparison.Ordinal))
                .Select(static service => (TimesFile(service), TimesText(service.Use!))),
        ];
    }

    public LogTotals Totals { get; }

    /// <summary>The clusters that requests went to, those with most of them first.</summary>
    public ImmutableArray<ClusterUse> Uses { get; }

    public ImportedConfig Config { get; }

    /// <summary>What could not be taken over as it was, a sentence each.</summary>
    public IReadOnlyList<string> Notes => notes;

    /// <param name="log">With at least one request.</param>
    /// <param name="config">The user's own; null for a plain one.</param>
    /// <param name="name">The scenario's.</param>
    /// <param name="fitsTimes">Service times are a shape fitted to their quantiles, not the times themselves.</param>
    public static LogImport Of(AccessLog log, ImportedConfig? config, string name, bool fitsTimes = false) => new(log, config, name, fitsTimes);

    /// <summary>The files of the folder: <c>scenario.yaml</c> and what it names.</summary>
    public ImmutableArray<(string Name, string Text)> Files { get; }

    /// <summary>A request belongs to the cluster that the log names, else to the one the configuration has for it.</summary>
    private void Attribute(ProxySnapshot? snapshot)
    {
        var known = snapshot?.Clusters.Select(static cluster => cluster.Name).ToHashSet(StringComparer.Ordinal);
        var byHost = HostsOf(snapshot);
        foreach (var request in log.Requests)
        {
            clusterOf[request] =
                known is null ? (request.Cluster.Length > 0 ? request.Cluster : "upstream")
                : known.Contains(request.Cluster) ? request.Cluster
                : byHost.GetValueOrDefault(request.UpstreamHost) ?? routes?.Find(request).Cluster ?? "";
        }
    }

    private static Dictionary<string, string> HostsOf(ProxySnapshot? snapshot)
    {
        var hosts = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var cluster in snapshot?.Clusters ?? [])
        {
            foreach (var endpoint in cluster.Endpoints.Where(static endpoint => IPAddress.TryParse(endpoint.Address, out _)))
            {
                _ = hosts.TryAdd(new NetworkAddress(endpoint.Address, endpoint.Port).Text, cluster.Name);
            }
        }

        return hosts;
    }

    private ImportedConfig PlainConfig()
    {
        var domains = log
            .Requests.Where(static request => request.Host.Length > 0)
            .GroupBy(static request => request.Host.ToLowerInvariant(), StringComparer.Ordinal)
            .Select(group =>
                (
                    Host: group.Key,
                    Cluster: group
                        .GroupBy(request => clusterOf[request], StringComparer.Ordinal)
                        .OrderByDescending(static part => part.Count())
                        .ThenBy(static part => part.Key, StringComparer.Ordinal)
                        .First()
                        .Key
                )
            )
            .ToLookup(static entry => entry.Cluster, static entry => entry.Host, StringComparer.Ordinal);
        var leading = Uses.Where((use, i) => i == 0 || domains.Contains(use.Name)).ToArray();
        foreach (var use in Uses.Except(leading))
        {
            notes.Add($"no host name leads mostly to cluster '{use.Name}', so its {use.Requests} requests go elsewhere: give --config FILE");
        }

        var text = ImportedConfig.Plain([.. leading.Select(use => (use.Name, domains[use.Name].Order(StringComparer.Ordinal).ToImmutableArray()))]);
        return new ImportedConfig("proxy.yaml", text, BootstrapLoader.Load(text, "proxy.yaml").Snapshot!, AllowUnsupported: false);
    }

    /// <summary>Clusters of the log that the configuration does not have: perhaps it is another proxy's.</summary>
    private void TellOfStrangers(ProxySnapshot? snapshot)
    {
        var known = snapshot?.Clusters.Select(static cluster => cluster.Name).ToHashSet(StringComparer.Ordinal);
        foreach (
            var group in log
                .Requests.Where(request => known is not null && request.Cluster.Length > 0 && !known.Contains(request.Cluster))
                .GroupBy(static request => request.Cluster, StringComparer.Ordinal)
        )
        {
            notes.Add(
                $"{group.Count()} requests went to cluster '{group.Key}', which the configuration does not have{NearestWord.Suggest(group.Key, known!)}; {First([.. group])}"
            );
        }
    }

    /// <summary>What the routes of the configuration do otherwise than the log says.</summary>
    private void TellOfRoutes()
    {
        if (routes is null)
        {
            if (Config.File != "proxy.yaml")
            {
                notes.Add("no listener of the configuration has a route to a cluster for any request of the log");
            }

            return;
        }

        var without = log.Requests.Where(request => routes.Find(request).Cluster.Length == 0 && request.Flags != "NR").ToArray();
        if (without.Length > 0)
        {
            notes.Add($"{without.Length} requests have no route to a cluster in the configuration, {First(without)}");
        }

        var elsewhere = log
            .Requests.Where(request => routes.Find(request) is { IsDrawn: false, Cluster.Length: > 0 } found && clusterOf[request] != found.Cluster)
            .ToArray();
        foreach (var group in elsewhere.GroupBy(request => (From: clusterOf[request], To: routes.Find(request).Cluster)))
        {
            notes.Add($"{group.Count()} requests went to '{group.Key.From}' in the log and go to '{group.Key.To}' by this configuration, {First([.. group])}");
        }
    }

    private void TellOfAnswers()
    {
        var others = log.Requests.Where(static request => request is { Status: (> 299 and < 500) or 101, Flags: "" }).ToArray();
        if (others.Length > 0)
        {
            var statuses = others.Select(static request => request.Status!.Value).Distinct().Order();
            notes.Add(
                $"{others.Length} answers of services with {string.Join(", ", statuses)} come as 200: a simulated service has one status where all goes well"
            );
        }

        if (
            log.Requests.Any(static request => request.Attempts is > 1)
            || Totals.Answers.Any(static entry => entry.Flags.Contains("URX", StringComparison.Ordinal))
        )
        {
            notes.Add("some requests were tried again: errors that a retry has mended are not in the log, so services fail more often than it seems");
        }
    }

    /// <summary>A wrong clock, or two logs in one file, would make hours of nothing.</summary>
    private void TellOfGap()
    {
        var requests = log.Requests;
        var after = Enumerable.Range(0, requests.Length - 1).DefaultIfEmpty(0).MaxBy(i => Pause(i));
        if (Pause(after) / NsInS is var seconds and > LongGapS)
        {
            notes.Add(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"nothing came for {seconds} s between lines {requests[after].Line} and {requests[after + 1].Line}: nothing comes in the scenario, either"
                )
            );
        }

        long Pause(int i) => i + 1 < requests.Length ? requests[i + 1].StartUnixNs!.Value - requests[i].StartUnixNs!.Value : 0;
    }

    private static string First(LoggedRequest[] requests) => $"the first in line {requests[0].Line}: {requests[0].Method} {requests[0].Host}{requests[0].Path}";

    private string ConfigText()
    {
        if (plan.Emptied.Count == 0)
        {
            return Config.Text;
        }

        if (ImportedConfig.WithEndpoints(Config.Text, plan.Emptied) is { } filled)
        {
            return filled;
        }

        notes.Add("the endpoints that the log names could not be put into the configuration; take the dump with ?include_eds");
        return Config.Text;
    }

    private string ScenarioText()
    {
        var seconds = (Totals.SpanNs / NsInS) + 2;
        var timeoutS = Math.Max(20, 2 * (Totals.LongestMs ?? 0) / 1000);
        var text = new StringBuilder();
        _ = text.Append(
            CultureInfo.InvariantCulture,
            $$"""
            # Made by meshsim import access-log. As much load as there was; twice as much: --set vars.load=2
            name: {{ImportedConfig.Quoted(name)}}
            description: {{ImportedConfig.Quoted(Description(seconds))}}
            duration: {{seconds}}s
            vars: { load: 1 }
            proxies:
              - { name: {{Proxy}}, config: {{ImportedConfig.Quoted(Config.File)}}{{(Config.AllowUnsupported ? ", allow_unsupported: true" : "")}} }
            services:

            """
        );
        foreach (var service in plan.Services)
        {
            Append(text, service);
        }

        _ = text.Append(
            CultureInfo.InvariantCulture,
            $$"""
            load:
              - to: {{Proxy}}{{(routes is null ? "" : $"\n    listener: {ImportedConfig.Quoted(routes.Listener.Name)}")}}
                trace: requests.trace
                trace_factor: "${load}"
                timeout: {{timeoutS}}s

            """
        );
        if (plan.Discovered.Count > 0)
        {
            _ = text.Append("endpoints:\n");
            foreach (var (cluster, hosts) in plan.Discovered)
            {
                _ = text.Append(
                    CultureInfo.InvariantCulture,
                    $"  - {{ proxy: {Proxy}, cluster: {ImportedConfig.Quoted(cluster.Name)}, assignment: {ImportedConfig.Assignment(cluster.Name, hosts).ToJsonString()} }}\n"
                );
            }
        }

        return text.ToString();
    }

    private string Description(long seconds) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Totals.Requests} requests of an access log, {seconds} s from {DateTime.UnixEpoch.AddTicks(Totals.FirstUnixNs / 100):yyyy-MM-ddTHH:mm:ssZ} on"
        );

    private void Append(StringBuilder text, PlannedService service)
    {
        _ = text.Append(CultureInfo.InvariantCulture, $"  - name: {ImportedConfig.Quoted(service.Name)}\n    port: {service.Port}\n");
        _ = service.Addresses.IsEmpty
            ? text.Append(CultureInfo.InvariantCulture, $"    replicas: {service.Replicas}\n")
            : text.Append(CultureInfo.InvariantCulture, $"    address: [{string.Join(", ", service.Addresses.Select(ImportedConfig.Quoted))}]\n");
        if (service.Use is not { } use)
        {
            _ = text.Append("    workers: 100\n    service_time: 1ms # nothing of it in the log\n");
            return;
        }

        _ = text.Append(
            CultureInfo.InvariantCulture,
            $"    workers: {Math.Max(1, use.MostAtOnce)} # as many as one host had at a time in the log; set what yours can do\n"
        );
        _ = text.Append(CultureInfo.InvariantCulture, $"    service_time: {TimeText(service)}");
        _ = text.Append(CultureInfo.InvariantCulture, $"\n    response_bytes: {use.ResponseBytes}\n");
        if (use.Errors > 0)
        {
            _ = text.Append(
                CultureInfo.InvariantCulture,
                $"    error_rate: {(double)use.Errors / use.Requests:0.######} # {use.Errors} of {use.Requests}\n    error_status: {use.ErrorStatus}\n"
            );
        }
    }

    private string TimeText(PlannedService service) =>
        service.Use is not { Times: > 0 } use ? "1ms # no times in the log"
        : fitsTimes && use.Points() is { IsEmpty: false } points ? FittedTime.Of(points).ToText()
        : $"{{ empirical: {ImportedConfig.Quoted(TimesFile(service))} }}";

    private string TraceText()
    {
        var text = new StringBuilder("# seconds method path host body-bytes\n");
        foreach (var request in log.Requests)
        {
            var ns = request.StartUnixNs!.Value - Totals.FirstUnixNs;
            _ = text.Append(
                CultureInfo.InvariantCulture,
                $"{(decimal)ns / NsInS} {request.Method} {SyntheticFields.Path(request.Path)} {(request.Host.Length > 0 ? SyntheticFields.Host(request.Host) : "-")} {request.BytesReceived ?? 0}\n"
            );
        }

        return text.ToString();
    }

    private static string TimesFile(PlannedService service) => $"{service.Name}.times.csv";

    private static string TimesText(ClusterUse use)
    {
        var text = new StringBuilder("value,weight\n");
        foreach (var (value, weight) in use.Measured)
        {
            _ = text.Append(CultureInfo.InvariantCulture, $"{Units.Duration(value)},{weight}\n");
        }

        return text.ToString();
    }
}
