namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>What others who build Envoy anew often get wrong about headers, each point by a whole request.</summary>
public class HeaderSemanticsTests
{
    /// <summary>Before 1.33 private addresses were inside without a word.</summary>
    [Theory]
    [InlineData(false, 1, "15000")]
    [InlineData(true, 4, "700")]
    public void Control_headers_of_a_client_count_for_nothing_unless_its_address_is_declared_internal(bool declared, int attempts, string hint)
    {
        var proxy = new WorkerHarness(Snapshots.Proxy(change: manager => declared ? Snapshots.TrustsInside(manager) : manager));
        var exchange = proxy.Ask(
            [503],
            "/",
            Snapshots.Inside,
            ("x-envoy-retry-on", "5xx"),
            ("x-envoy-max-retries", "3"),
            ("x-envoy-upstream-rq-timeout-ms", "700"),
            ("x-envoy-internal", "true")
        );

        Assert.Equal(attempts, exchange.Log.Attempts);
        Assert.Equal(declared ? "true" : null, exchange.Sent("x-envoy-internal"));
        Assert.Null(exchange.Sent("x-envoy-retry-on"));

        // What is left of the time goes down from attempt to attempt.
        var sent = int.Parse(exchange.Sent("x-envoy-expected-rq-timeout-ms")!, System.Globalization.CultureInfo.InvariantCulture);
        var whole = int.Parse(hint, System.Globalization.CultureInfo.InvariantCulture);
        Assert.InRange(sent, whole - (attempts == 1 ? 0 : 24 + 49 + 99), whole);
    }

    [Theory]
    [InlineData(false, "weighted,route,host,table", "table")]
    [InlineData(true, "weighted,table,host,route", "route")]
    public void Mutations_act_from_the_route_outwards_so_that_the_table_wins_unless_the_most_specific_is_to_win(
        bool mostSpecificWins,
        string order,
        string winner
    )
    {
        var exchange = Levels(mostSpecificWins).Ask("GET", "/", [], 200, ("x-o", "upstream"));

        Assert.Equal(order, string.Join(',', exchange.AllSent("x-a")));
        Assert.Equal([winner], exchange.AllSent("x-o"));
        Assert.Equal(order, string.Join(',', exchange.AllGot("x-a")));
        Assert.Equal([winner], exchange.AllGot("x-o"));
    }

    [Fact]
    public void Each_level_removes_then_overwrites_then_appends_and_drops_what_comes_out_empty()
    {
        var mutations = new HeaderMutations(
            [HeaderName.Of("x-gone")],
            [
                Addition("x-a", "added"),
                Addition("x-a", "overwritten", AppendAction.OverwriteIfExistsOrAdd),
                Addition("x-gone", "only if absent", AppendAction.AddIfAbsent),
                Addition("x-b", "%REQ(X-NONE)%"),
                Addition("x-c", "%REQ(X-NONE)%", AppendAction.OverwriteIfExistsOrAdd),
                Addition("x-d", "%REQ(X-NONE)%") with
                {
                    KeepEmpty = true,
                },
            ]
        );
        var route = Snapshots.Prefix("/", Snapshots.To("svc")) with { RequestHeaders = mutations };
        var proxy = new WorkerHarness(Snapshots.Proxy([Snapshots.Host("*", route)], [Snapshots.Cluster("svc", 1)]));
        var exchange = proxy.Ask("/", ("x-gone", "1"), ("x-a", "old"), ("x-c", "stays"));

        Assert.Equal(["overwritten", "added"], exchange.AllSent("x-a"));
        Assert.Equal(["only if absent"], exchange.AllSent("x-gone"));
        Assert.Empty(exchange.AllSent("x-b"));
        Assert.Equal(["stays"], exchange.AllSent("x-c"));
        Assert.Equal([""], exchange.AllSent("x-d"));
    }

    private static WorkerHarness Levels(bool mostSpecificWins)
    {
        var weighted = new WeightedCluster
        {
            Name = "svc",
            Weight = 1,
            RequestHeaders = Both("weighted"),
            ResponseHeaders = Both("weighted"),
        };
        var route = Snapshots.Prefix("/", new RouteAction { WeightedClusters = new WeightedClusters { Clusters = [weighted] } }) with
        {
            RequestHeaders = Both("route"),
            ResponseHeaders = Both("route"),
        };
        var host = Snapshots.Host("*", route) with { RequestHeaders = Both("host"), ResponseHeaders = Both("host") };
        var table = new RouteTable("t", [host])
        {
            RequestHeaders = Both("table"),
            ResponseHeaders = Both("table"),
            MostSpecificHeaderMutationsWins = mostSpecificWins,
        };
        return new WorkerHarness(Snapshots.Proxy([host], [Snapshots.Cluster("svc", 1)], manager => manager with { RouteTable = table }));
    }

    /// <summary>Adds a line of <c>x-a</c> and overwrites <c>x-o</c>.</summary>
    private static HeaderMutations Both(string level) => new([], [Addition("x-a", level), Addition("x-o", level, AppendAction.OverwriteIfExistsOrAdd)]);

    private static HeaderAddition Addition(string name, string value, AppendAction action = AppendAction.AppendIfExistsOrAdd) =>
        new(HeaderName.Of(name), Snapshots.Format(value), action);
}
