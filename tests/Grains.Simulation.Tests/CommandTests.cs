using MeshSim.Grains.Contracts;
using MeshSim.ProxyRuntime.Config;
using MeshSim.ProxyRuntime.Core;
using MeshSim.Scenarios.Model;

namespace MeshSim.Grains.Simulation.Tests;

public class CommandTests
{
    private const string Text = """
        name: commanded
        duration: 120s
        proxies:
          - name: gateway
            config_inline: |
              static_resources:
                listeners:
                - name: in
                  address: {socket_address: {address: 0.0.0.0, port_value: 10000}}
                  filter_chains:
                  - filters:
                    - name: hcm
                      typed_config:
                        "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                        stat_prefix: in
                        route_config: {name: local, virtual_hosts: [{name: all, domains: ["*"], routes: [{match: {prefix: /}, route: {cluster: svc}}]}]}
                        http_filters: [{name: router, typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}}]
                clusters:
                - {name: svc, type: EDS, connect_timeout: 1s, eds_cluster_config: {eds_config: {path_config_source: {path: /none}}}}
        services:
          - {name: svc, port: 8000, replicas: 2, workers: 8, service_time: {exponential: 10ms}}
        load:
          - {to: gateway, rate: 300/s, path: /}
        endpoints:
          - proxy: gateway
            cluster: svc
            assignment:
              cluster_name: svc
              endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: 10.1.0.1, port_value: 8000}}}}]}]
        """;

    /// <summary>Commands given while a run goes on, then recorded and given again to runs that are divided otherwise: the same result.</summary>
    [Fact]
    public async Task Recorded_commands_make_the_same_run_again()
    {
        await using var fixture = await RunFixture.StartAsync(2);
        var (request, scenario) = RunFixture.Of("live", 2, Text);

        var (result, outcome) = await fixture.RunAsync(request, scenario, () => CommandAsync(fixture.Grains, "live"));

        Assert.Equal(5, outcome.Commands.Length);
        Assert.All(outcome.Commands, command => Assert.InRange(command.TimeNs, 1, scenario.DurationNs));
        var recorded = Array.ConvertAll(outcome.Commands, static command => command with { Window = 0 });
        foreach (var partitions in new[] { 1, 2, 3 })
        {
            var (again, _) = await fixture.RunAsync(request with { RunId = $"again{partitions}", Partitions = partitions, Commands = recorded }, scenario);
            Assert.Equal(ResultHash.Of(result), ResultHash.Of(again));
        }

        var (without, _) = await fixture.RunAsync(request with { RunId = "without" }, scenario);
        Assert.NotEqual(ResultHash.Of(result), ResultHash.Of(without));
    }

    /// <summary>Given at fixed times, each command is seen in what endpoints and clients count from then on.</summary>
    [Fact]
    public async Task Commands_take_effect_at_their_time()
    {
        await using var fixture = await RunFixture.StartAsync(1);
        var (request, scenario) = RunFixture.Of("timed", 2, Text);
        RecordedCommand[] commands =
        [
            Command(0, 20, "gateway", """{"add":{"cluster":"svc","endpoint":"10.1.0.2:8000"}}"""),
            Command(1, 40, "svc-1", """{"fault":{"error_rate":{"rate":1,"status":500}}}"""),
            Command(2, 60, "svc-1", """{"recover":{}}"""),
            Command(3, 80, "gateway", """{"remove":{"cluster":"svc","endpoint":"10.1.0.1:8000"}}"""),
        ];

        var (result, _) = await fixture.RunAsync(request with { Commands = commands }, scenario);

        Assert.Equal(0, Sum(result.Endpoints[1].ArrivalsBySecond, 0, 20));
        Assert.InRange(Sum(result.Endpoints[1].ArrivalsBySecond, 21, 79) / (double)Sum(result.Endpoints[0].ArrivalsBySecond, 21, 79), 0.9, 1.1);
        Assert.Equal(0, Sum(result.Endpoints[0].ArrivalsBySecond, 81, 119));
        Assert.True(Errors(result, 41, 59) > 0);
        Assert.Equal(0, Errors(result, 0, 40) + Errors(result, 61, 119));
    }

    /// <summary>The proxy drains: requests under way are answered, new connections are not taken.</summary>
    [Fact]
    public async Task A_drained_proxy_takes_no_new_connections()
    {
        await using var fixture = await RunFixture.StartAsync(1);
        var (request, scenario) = RunFixture.Of("drained", 2, Text);

        var (result, _) = await fixture.RunAsync(request with { Commands = [Command(0, 50, "gateway", """{"drain":{}}""")] }, scenario);

        Assert.True(Sum(result.Endpoints[0].ArrivalsBySecond, 49, 50) > 0);
        Assert.Equal(0, Sum(result.Endpoints[0].ArrivalsBySecond, 52, 120));
        var after = result.Seconds.Where(static second => second.Second is >= 52 and < 119).ToArray();
        Assert.All(after, static second => Assert.Equal([0], second.ByStatus.Keys));
        Assert.Equal(0, result.Seconds.Where(static second => second.Second < 50).Sum(static second => second.ByStatus.GetValueOrDefault(0)));
    }

    /// <summary>A route table that leads to a cluster nobody has, and then one that leads back.</summary>
    [Fact]
    public async Task Pushed_routes_hold_until_the_next_push()
    {
        await using var fixture = await RunFixture.StartAsync(1);
        var (request, scenario) = RunFixture.Of("pushed", 2, Text);
        RecordedCommand[] commands = [Command(0, 40, "gateway", Push("svc-subset")), Command(1, 80, "gateway", Push("svc"))];

        var (result, _) = await fixture.RunAsync(request with { Commands = commands }, scenario);

        var seconds = result.Seconds.ToDictionary(static second => second.Second, static second => second.ByStatus);
        Assert.All(Enumerable.Range(0, 40), second => Assert.Equal([200], seconds[second].Keys));
        Assert.All(Enumerable.Range(41, 38), second => Assert.Equal([503], seconds[second].Keys));
        Assert.All(Enumerable.Range(81, 38), second => Assert.Equal([200], seconds[second].Keys));
        Assert.Equal(result.Seconds.Sum(static second => second.ByStatus.GetValueOrDefault(503)), result.Proxies[0].Responses["503 NC"]);
    }

    /// <summary>What an external client is shown of a simulated proxy while it runs, before and after another version of its routes.</summary>
    [Fact]
    public async Task The_configuration_of_a_proxy_is_shown_as_it_is_now()
    {
        await using var fixture = await RunFixture.StartAsync(2);
        var (request, scenario) = RunFixture.Of("dumped", 2, Text.Replace("duration: 120s", "duration: 3600s", StringComparison.Ordinal));

        await fixture.RunAsync(
            request,
            scenario,
            async () =>
            {
                await DumpAsync(fixture.Grains.GetGrain<IProxyGrain>("dumped/gateway"));
                await fixture.Grains.GetGrain<ISimulationGrain>("dumped").Stop();
            }
        );
    }

    private static async Task DumpAsync(IProxyGrain proxy)
    {
        const string tables = "resource=static_route_configs";
        Assert.Contains("\"cluster\": \"svc\"", await proxy.ConfigDump(tables), StringComparison.Ordinal);

        var reply = await proxy.SetRoutes(Routes("svc-subset"));
        Accepted(reply);
        var since = $"\"last_updated\": \"{DateTime.UnixEpoch.AddTicks(reply.TimeNs!.Value / 100):yyyy-MM-ddTHH:mm:ss}";
        string dump;
        do
        {
            dump = (await proxy.ConfigDump(tables))!;
        } while (!dump.Contains("svc-subset", StringComparison.Ordinal));

        Assert.DoesNotContain("\"cluster\": \"svc\"", dump, StringComparison.Ordinal);
        Assert.Contains(since, dump, StringComparison.Ordinal);
        Assert.Contains("\"address\": \"10.1.0.1\"", await proxy.ConfigDump("include_eds"), StringComparison.Ordinal);

        // Read again it is the proxy with its new routes.
        var again = BootstrapLoader.Load((await proxy.ConfigDump("include_eds"))!, "dump.json").Snapshot!;
        var action = Assert.IsType<RouteAction>(again.Listeners[0].ConnectionManager!.RouteTable.VirtualHosts[0].Routes[0].Action);
        Assert.Equal("svc-subset", action.Cluster);
        var refused = await Assert.ThrowsAsync<ArgumentException>(() => proxy.ConfigDump("resource=nothing"));
        Assert.StartsWith("nothing not found in config dump", refused.Message, StringComparison.Ordinal);
        Assert.Contains("BootstrapConfigDump", await proxy.ConfigDump(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("svc-7", """{"drain":{}}""", "there is no endpoint or proxy 'svc-7'")]
    [InlineData("svc-0", """{"stop":{}}""", "unknown field 'stop'")]
    [InlineData("svc-0", """{"fault":{"slow":{"factor":-1}}}""", "fault.slow.factor")]
    [InlineData("gateway", """{"weight":{"cluster":"svx","endpoint":"10.1.0.1:8000","weight":2}}""", "no cluster of type EDS")]
    [InlineData("gateway", """{"health":{"cluster":"svc","endpoint":"10.1.0.1:8000","status":"SICK"}}""", "accepted: UNKNOWN, HEALTHY")]
    [InlineData("gateway", """{"routes":{"route_config":{"name":"locl"}}}""", "did you mean 'local'")]
    [InlineData("gateway", """{"routes":{"route_config":{"name":"local","virtual_host":[]}}}""", "virtual_host")]
    public void What_cannot_be_carried_out_is_told(string target, string json, string told)
    {
        var (_, scenario) = RunFixture.Of("none", 1, Text);

        Assert.Null(CommandReader.Read(scenario, target, json, out var problem));

        Assert.Contains(told, problem, StringComparison.Ordinal);
    }

    private static async Task CommandAsync(IGrainFactory grains, string run)
    {
        Accepted(await grains.GetGrain<IClusterGrain>($"{run}/gateway/svc").AddHost("10.1.0.2:8000", weight: 3));
        Accepted(await grains.GetGrain<IProxyGrain>($"{run}/gateway").SetRoutes(Routes("svc-subset")));
        Accepted(await grains.GetGrain<IEndpointGrain>($"{run}/svc-0").Slow(5));
        Accepted(await grains.GetGrain<IEndpointGrain>($"{run}/svc-1").Fail(0.5));
        Accepted(await grains.GetGrain<IEndpointGrain>($"{run}/svc-1").Recover());
        Assert.NotNull((await grains.GetGrain<IEndpointGrain>($"{run}/svc-1").Fail(rate: 2)).Problem);
    }

    private static string Push(string cluster) => $"{{\"routes\":{{\"route_config\":{Routes(cluster)}}}}}";

    private static string Routes(string cluster) =>
        $$$"""{"name":"local","virtual_hosts":[{"name":"all","domains":["*"],"routes":[{"match":{"prefix":"/"},"route":{"cluster":"{{{cluster}}}"}}]}]}""";

    private static void Accepted(CommandReply reply) => Assert.Null(reply.Problem);

    private static RecordedCommand Command(int number, int second, string target, string json) => new(number, second * 1_000_000_000L, target, json);

    private static long Sum(IReadOnlyList<long> bySecond, int from, int to) => bySecond.Skip(from).Take(to - from).Sum();

    private static long Errors(RunResult result, int from, int to) =>
        result.Seconds.Where(second => second.Second >= from && second.Second < to).Sum(static second => second.ByStatus.GetValueOrDefault(500));
}
