namespace MeshSim.Scenarios.Model.Tests;

/// <summary>Included files, variables, values of the command line and the short form.</summary>
public class ScenarioDocumentTests
{
    private const string Short = """
        name: short
        duration: 30s
        vars: {rate: 50/s, tries: 3}
        mesh:
          policies: {timeout: 2s, retries: {attempts: "${tries}", retry_on: "5xx,429"}}
          gateway: {to: front, replicas: 2}
          services:
            - {name: front, service_time: 2ms, calls: [{to: back, path: /x}]}
            - {name: back, port: 8080, replicas: 3, service_time: 5ms, policies: {lb: LEAST_REQUEST, breakers: {max_requests: 7}}}
        load:
          - {to: gateway, rate: "${rate}", host: "${rate}-$${x}"}
        """;

    [Fact]
    public void The_short_form_becomes_proxies_services_and_their_configuration()
    {
        var scenario = Load(Short).Scenario!;

        Assert.Equal(["gateway", "front-sidecar", "back-sidecar"], scenario.Proxies.Select(proxy => proxy.Name));
        Assert.Equal([("front", "front-sidecar"), ("back", "back-sidecar")], scenario.Services.Select(service => (service.Name, service.Sidecar!.Proxy)));
        Assert.Equal(2, scenario.Proxies[0].Replicas);
        var route = scenario.Proxies[0].Snapshot.Listeners[0].ConnectionManager!.RouteTable!.VirtualHosts[0].Routes[0].Action as ProxyRuntime.Core.RouteAction;
        Assert.Equal(3u, route!.RetryPolicy!.NumRetries);
        Assert.Equal([429u], route.RetryPolicy.RetriableStatusCodes.Select(status => (uint)status));
        Assert.Equal(["application", "back"], scenario.Proxies[1].Snapshot.Clusters.Select(cluster => cluster.Name));
        Assert.Equal(7u, scenario.Proxies[1].Snapshot.Clusters[1].DefaultThresholds.MaxRequests);
        Assert.Equal((50, "50/s-${x}"), ((int)scenario.Load[0].RatePerSecond, scenario.Load[0].Host));
    }

    [Fact]
    public void What_is_said_of_sidecars_holds_for_each()
    {
        var text = Short.Replace("  gateway:", "  sidecar: {concurrency: 2, cpu_per_request: 200us, cpu_limit: 0.5}\n  gateway:", StringComparison.Ordinal);

        var proxies = Load(text).Scenario!.Proxies;

        Assert.Equal([1, 2, 2], proxies.Select(static proxy => proxy.Concurrency));
        Assert.Equal([0, 200_000, 200_000], proxies.Select(static proxy => proxy.CpuPerRequestNs));
        Assert.Equal([double.PositiveInfinity, 0.5, 0.5], proxies.Select(static proxy => proxy.CpuLimit));
        Assert.Contains(
            Load(text.Replace("  gateway:", "  sidecars: false\n  gateway:", StringComparison.Ordinal)).Problems,
            static problem => problem.Path == "mesh.sidecar" && problem.Message == "there are no sidecars where 'sidecars' is false"
        );
    }

    /// <summary>What is printed reads as the same.</summary>
    [Fact]
    public void A_scenario_written_out_says_the_same()
    {
        var text = YamlText.Write(Load(Short).Document!);
        var again = Load(text);

        Assert.Empty(again.Problems);
        Assert.True(again.IsAsWritten);
        Assert.Equal(text, YamlText.Write(again.Document!));
        Assert.Contains("  - name: front\n", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("load[0].rate", "70/s", 70)]
    [InlineData("vars.rate", "70/s", 70)]
    [InlineData("load.0.rate", "70/s", 70)]
    public void The_command_line_sets_values(string path, string value, double rate) =>
        Assert.Equal(rate, Load(Short, new ScenarioSetting(path, value)).Scenario!.Load[0].RatePerSecond);

    [Fact]
    public void Items_of_lists_are_set_by_their_names()
    {
        var services = Load(
            Short,
            new ScenarioSetting("mesh.services.back.workers", "9"),
            new ScenarioSetting("mesh.services.front.warm_up", "{factor: 2, over: 5s}")
        ).Scenario!.Services;

        Assert.Equal((9, 2.0), (services[1].Workers, services[0].WarmUp!.Factor));
        Assert.StartsWith(
            "the list has no 'bak'; did you mean 'back'?",
            Load(Short, new ScenarioSetting("mesh.services.bak.workers", "9")).Problems[0].Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Included_files_are_joined_and_the_including_one_goes_first()
    {
        const string main = """
            include: base.yaml
            name: mine
            services: [{name: more, service_time: 1ms}]
            """;
        var scenario = Load(main).Scenario!;

        Assert.Equal(("mine", 20), (scenario.Name, (int)(scenario.DurationNs / 1_000_000_000)));
        Assert.Equal(["svc", "more"], scenario.Services.Select(service => service.Name));
    }

    [Theory]
    [InlineData("rate: \"${rate}\"", "rate: \"${rat}\"", 11, "unknown variable 'rat'; did you mean 'rate'?")]
    [InlineData("{to: front,", "{to: frnt,", 6, "unknown service 'frnt'; did you mean 'front'?")]
    [InlineData("{to: back,", "{to: back, via: bak-sidecar,", 8, "unknown proxy 'bak-sidecar'; did you mean 'back-sidecar'?")]
    [InlineData("lb: LEAST_REQUEST", "lb: LEAST_REQUESTS", 9, "'LEAST_REQUESTS' is not accepted; did you mean 'LEAST_REQUEST'?")]
    [InlineData("name: short", "include: nothing.yaml\nname: short", 1, "cannot read 'nothing.yaml'")]
    [InlineData("name: short", "include: loop.yaml\nname: short", 1, "'loop.yaml': files include each other more than 10 deep")]
    public void A_mistake_is_told_with_its_line(string right, string wrong, int line, string message)
    {
        var problem = Assert.Single(
            Load(Short.Replace(right, wrong, StringComparison.Ordinal)).Problems,
            problem => problem.Message.StartsWith(message, StringComparison.Ordinal)
        );

        Assert.Equal(line, problem.Line);
    }

    [Fact]
    public void What_only_virtual_time_has_is_known_with_its_place()
    {
        var notLive = Load(Short).Scenario!.NotLive;

        Assert.Contains(notLive, problem => problem is { Line: 8, Message: "'calls' works in virtual time only so far" });
        Assert.Empty(Load("include: base.yaml").Scenario!.NotLive);
    }

    private static ScenarioResult Load(string text, params ScenarioSetting[] settings) =>
        ScenarioLoader.Load(
            text,
            "demo.yaml",
            static file =>
                file switch
                {
                    "envoy.yaml" => ScenarioLoaderTests.Configuration,
                    "loop.yaml" => "include: loop.yaml",
                    "base.yaml" => """
                        name: base
                        duration: 20s
                        proxies: [{name: gateway, config: envoy.yaml}]
                        services: [{name: svc, service_time: 1ms}]
                        load: [{to: gateway, rate: 1/s}]
                        """,
                    _ => null,
                },
            settings
        );
}
