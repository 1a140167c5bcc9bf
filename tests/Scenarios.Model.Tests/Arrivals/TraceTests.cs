using MeshSim.ProxyRuntime.Core;

namespace MeshSim.Scenarios.Model.Tests;

/// <summary>Recorded loads: how files are read, and how they are sent again.</summary>
public class TraceTests
{
    private const string Scenario = """
        name: again
        duration: 100s
        proxies:
          - name: gateway
            config_inline: '{static_resources: {listeners: [{name: main, address: {socket_address: {address: 0.0.0.0, port_value: 80}}, filter_chains: [{filters: [{name: hcm, typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager, stat_prefix: in, http_filters: [{name: router, typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}}], route_config: {virtual_hosts: []}}}]}]}]}}'
        services: [{name: svc, service_time: 1ms}]
        load: [{to: gateway, trace: requests.trace, path: /usual, host: usual, MORE}]
        """;

    [Fact]
    public void Lines_say_when_and_what()
    {
        var load = Load("# a comment\n2.5 POST /b b.example 70\n\n1500ms GET /a?x=1 a.example\n3 - - -\n2.6 POST /b b.example 70\n0\n").Scenario!.Load[0];

        Assert.Equal(
            ["GET usual/usual 0", "GET a.example/a?x=1 0", "POST b.example/b 70", "POST b.example/b 70", "GET usual/usual 0"],
            load.Trace!.Requests.Select(request => load.Requests[request.Kind!.Value])
                .Select(shape => $"{shape.Method} {shape.Host}{shape.Path} {shape.ContentLength}")
        );
        Assert.Equal([0, 1_500_000_000, 2_500_000_000, 2_600_000_000, 3_000_000_000], load.Trace.Requests.Select(request => request.TimeNs));
        Assert.Equal(3, load.Requests.Length);
    }

    [Theory]
    [InlineData("1\n2 GET /a", "requests.trace:2:1: '2 GET /a' is not accepted; accepted is TIME [METHOD PATH HOST [BODY_BYTES]]")]
    [InlineData("  x GET /a b", "requests.trace:1:3: 'x GET /a b' is not accepted")]
    [InlineData("1 GET /a b many", "requests.trace:1:1: '1 GET /a b many' is not accepted")]
    [InlineData("1 GET /a b -5", "requests.trace:1:1: '1 GET /a b -5' is not accepted")]
    public void A_line_that_cannot_be_read_is_told_with_its_place(string text, string problem) =>
        Assert.StartsWith(problem, Assert.Single(Load(text).Problems).ToString(), StringComparison.Ordinal);

    [Theory]
    [InlineData("requests: [{path: /x}]", "give one of both")]
    [InlineData("trace_factor: 1001", "from 0 up to 1000")]
    [InlineData("listener: mian", "'gateway' has no listener 'mian'; did you mean 'main'?; it has main")]
    public void What_does_not_fit_is_told(string more, string problem) =>
        Assert.Contains(problem, Assert.Single(Load("1 GET /a b", more).Problems).Message, StringComparison.Ordinal);

    [Fact]
    public void Only_a_trace_has_a_factor()
    {
        var text = Scenario.Replace("trace: requests.trace, path: /usual, host: usual, MORE", "rate: 1/s, trace_factor: 2", StringComparison.Ordinal);

        Assert.Contains("only a 'trace' has it", Assert.Single(ScenarioLoader.Load(text, "s.yaml", _ => null).Problems).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("listener: main")]
    [InlineData("listener: 80")]
    public void A_listener_is_found_by_name_and_port(string more) => Assert.Empty(Load("1", more).Problems);

    [Fact]
    public void At_once_as_much_it_is_the_record_itself() =>
        Assert.Equal([1_000_000_000, 1_000_000_000, 3_000_000_000], Times(Load("3\n1\n1").Scenario!.Load[0]));

    /// <summary>
    /// Twice the load: the first of each two at its own moment, the second within the spread and within the record; in each second as
    /// many as there were, twice.
    /// </summary>
    [Fact]
    public void More_load_is_more_requests_in_the_same_time()
    {
        var lines = string.Join('\n', Enumerable.Range(0, 500).Select(i => FormattableString.Invariant($"{i * 0.1:0.0}")));
        var times = Times(Load(lines, "trace_factor: 2, trace_spread: 200ms").Scenario!.Load[0]);

        Assert.Equal(1000, times.Length);
        Assert.True(times.SequenceEqual(times.Order()));
        Assert.All(Enumerable.Range(0, 500), i => Assert.Contains(100_000_000L * i, times));
        Assert.InRange(times[^1], 0, 49_900_000_000);

        // A second that begins at a moment of the record: 20 of its own and what comes over its ends, at most 2 · 2 at each.
        Assert.All(Enumerable.Range(1, 48), second => Assert.InRange(times.Count(time => time / 1_000_000_000 == second), 16, 24));
    }

    /// <summary>Of 20,000 requests half come, within the 99.9 % interval of a binomial, in their order and at their moments.</summary>
    [Fact]
    public void Less_load_leaves_requests_out()
    {
        var lines = string.Join('\n', Enumerable.Range(0, 20_000).Select(i => FormattableString.Invariant($"{i}us")));
        var times = Times(Load(lines, "trace_factor: 0.5").Scenario!.Load[0]);

        Assert.InRange(times.Length, 10_000 - (3.29 * Math.Sqrt(5_000)), 10_000 + (3.29 * Math.Sqrt(5_000)));
        Assert.Equal(times.Distinct().Order(), times);
    }

    private static long[] Times(LoadModel load)
    {
        var arrivals = ArrivalProcess.Of(load, new RandomSource(12));
        var times = new List<long>();
        while (arrivals.NextNs() is { } time)
        {
            times.Add(time);
        }

        return [.. times];
    }

    private static ScenarioResult Load(string trace, string more = "from: 0s") =>
        ScenarioLoader.Load(Scenario.Replace("MORE", more, StringComparison.Ordinal), "s.yaml", name => name == "requests.trace" ? trace : null);
}
