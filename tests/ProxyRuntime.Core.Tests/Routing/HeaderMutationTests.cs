namespace MeshSim.ProxyRuntime.Core.Tests;

public class HeaderMutationTests
{
    [Theory]
    [InlineData(AppendAction.AppendIfExistsOrAdd, "old,new", "new")]
    [InlineData(AppendAction.AddIfAbsent, "old", "new")]
    [InlineData(AppendAction.OverwriteIfExistsOrAdd, "new", "new")]
    [InlineData(AppendAction.OverwriteIfExists, "new", "")]
    public void Each_append_action_treats_a_present_and_an_absent_header_its_own_way(AppendAction action, string present, string absent)
    {
        var mutations = new HeaderMutations([], [Addition("x-a", "new", action)]);

        Assert.Equal(present, Values(mutations, ("x-a", "old")));
        Assert.Equal(absent, Values(mutations));
    }

    [Theory]
    [InlineData(AppendAction.AppendIfExistsOrAdd, "a,b,new")]
    [InlineData(AppendAction.OverwriteIfExistsOrAdd, "new")]
    [InlineData(AppendAction.OverwriteIfExists, "new")]
    public void Overwriting_replaces_all_lines(AppendAction action, string expected) =>
        Assert.Equal(expected, Values(new HeaderMutations([], [Addition("x-a", "new", action)]), ("x-a", "a"), ("x-a", "b")));

    [Fact]
    public void A_value_that_comes_out_empty_adds_nothing_unless_it_is_to_be_kept()
    {
        Assert.Equal("", Apply(new HeaderMutations([], [Addition("x-a", "%REQ(X-NONE)%")])));
        Assert.Equal("x-a: \n", Apply(new HeaderMutations([], [Addition("x-a", "%REQ(X-NONE)%") with { KeepEmpty = true }])));
        Assert.Equal("x-a: old\n", Apply(new HeaderMutations([], [Addition("x-a", "%REQ(X-NONE)%", AppendAction.OverwriteIfExistsOrAdd)]), ("x-a", "old")));
    }

    [Fact]
    public void Whether_a_header_is_absent_is_looked_at_before_anything_of_the_level_is_added() =>
        Assert.Equal(
            "x-a: 1\nx-a: 2\n",
            Apply(new HeaderMutations([], [Addition("x-a", "1", AppendAction.AddIfAbsent), Addition("x-a", "2", AppendAction.AddIfAbsent)]))
        );

    [Fact]
    public void Values_are_made_from_the_headers_as_they_were_before_the_level() =>
        Assert.Equal(
            "x-a: new\nx-b: old\n",
            Apply(new HeaderMutations([], [Addition("x-a", "new", AppendAction.OverwriteIfExistsOrAdd), Addition("x-b", "%REQ(X-A)%")]), ("x-a", "old"))
        );

    [Fact]
    public void A_level_may_add_more_than_sixty_four_headers() =>
        Assert.Equal(
            70,
            Apply(new HeaderMutations([], [.. Enumerable.Range(0, 70).Select(i => Addition($"x-{i}", "v"))]))
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Length
        );

    // Levels.

    [Fact]
    public void Local_replies_of_a_route_that_forwards_get_the_response_headers_too()
    {
        var route = Snapshots.Prefix("/", Snapshots.To("empty")) with { ResponseHeaders = Adding("route") };
        var exchange = new WorkerHarness(Snapshots.Proxy([Snapshots.Host("*", route)], [Snapshots.Cluster("empty", 0)])).Ask("/");

        Assert.Equal("503", exchange.Got(":status"));
        Assert.Equal(["route"], exchange.AllGot("x-a"));
    }

    [Fact]
    public void A_request_without_a_route_gets_none()
    {
        var host = Snapshots.Host("*", Snapshots.Prefix("/other", Snapshots.To("svc"))) with { ResponseHeaders = Adding("host") };

        Assert.Empty(new WorkerHarness(Snapshots.Proxy([host], [])).Ask("/").AllGot("x-a"));
    }

    [Fact]
    public void A_weighted_clusters_own_host_is_written_before_the_routes()
    {
        var weighted = new WeightedClusters
        {
            Clusters =
            [
                new WeightedCluster
                {
                    Name = "svc",
                    Weight = 1,
                    HostRewriteLiteral = "of-cluster",
                },
            ],
        };
        var action = new RouteAction { WeightedClusters = weighted };

        var exchange = new WorkerHarness(Snapshots.Proxy(action)).Ask();
        Assert.Equal("of-cluster", exchange.Sent(":authority"));
        Assert.Null(exchange.Sent("x-envoy-original-host"));
        Assert.Equal("of-route", new WorkerHarness(Snapshots.Proxy(action with { HostRewriteLiteral = "of-route" })).Ask().Sent(":authority"));
    }

    // mutation_rules in list order, as mirrors and the header_mutation filter have them.

    [Fact]
    public void Steps_act_one_after_another_and_each_sees_what_the_ones_before_did()
    {
        var list = new HeaderMutationList([
            new HeaderMutationStep(Append: Addition("x-a", "1")),
            new HeaderMutationStep(Append: Addition("x-b", "%REQ(X-A)%")),
            new HeaderMutationStep(Remove: HeaderName.Of("x-a")),
            new HeaderMutationStep(Append: Addition("x-a", "2", AppendAction.AddIfAbsent)),
            new HeaderMutationStep(Append: Addition("x-a", "3", AppendAction.AddIfAbsent)),
            new HeaderMutationStep(Append: Addition("x-c", "4", AppendAction.OverwriteIfExists)),
            new HeaderMutationStep(Append: Addition("x-b", "5", AppendAction.OverwriteIfExists)),
            new HeaderMutationStep(Append: Addition("x-d", "")),
            new HeaderMutationStep(Append: Addition("x-e", "") with { KeepEmpty = true }),
        ]);

        Assert.Equal("x-b: 5\nx-a: 2\nx-e: \n", Apply(list));
    }

    [Fact]
    public void Headers_can_be_removed_by_what_their_name_is_like()
    {
        var list = new HeaderMutationList([new HeaderMutationStep(RemoveOnMatch: StringMatcher.Of(StringMatch.Prefix, "x-"))]);

        Assert.Equal(":path: /\nother: 1\n", Apply(list, (":path", "/"), ("x-a", "1"), ("other", "1"), ("x-a", "2"), ("x-b", "1")));
    }

    private static HeaderMutations Adding(string level) => new([], [Addition("x-a", level)]);

    private static HeaderAddition Addition(string name, string value, AppendAction action = AppendAction.AppendIfExistsOrAdd) =>
        new(HeaderName.Of(name), Snapshots.Format(value), action);

    private static string Values(HeaderMutations mutations, params (string Name, string Value)[] headers) =>
        string.Join(',', Apply(mutations, headers).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(": ")[1]));

    private static string Apply(HeaderMutations mutations, params (string Name, string Value)[] headers)
    {
        var map = Map(headers);
        mutations.Apply(map, new StreamInfo { RequestHeaders = map }, new ByteBuffer());
        return map.ToString();
    }

    private static string Apply(HeaderMutationList mutations, params (string Name, string Value)[] headers)
    {
        var map = Map(headers);
        mutations.Apply(map, new StreamInfo { RequestHeaders = map }, new ByteBuffer());
        return map.ToString();
    }

    private static HeaderMap Map((string Name, string Value)[] headers)
    {
        var map = new HeaderMap();
        foreach (var (name, value) in headers)
        {
            map.Add(name, value);
        }

        return map;
    }
}
