using System.Collections.Immutable;

namespace MeshSim.ProxyRuntime.Core.Tests;

public class HeaderMutationFilterTests
{
    [Fact]
    public void Headers_are_changed_on_the_way_in_and_out_in_list_order()
    {
        var mutations = new MessageMutations
        {
            Request = new HeaderMutationList([
                new HeaderMutationStep(Remove: HeaderName.Of("x-gone")),
                Step("x-new", "%REQ(:PATH)%"),
                Step("x-over", "o", AppendAction.OverwriteIfExistsOrAdd),
            ]),
            Response = new HeaderMutationList([
                Step("x-out", "%RESPONSE_CODE%", AppendAction.AddIfAbsent),
                new HeaderMutationStep(Remove: HeaderName.Of("x-secret")),
            ]),
        };
        var proxy = new WorkerHarness(Chains.With(new HeaderMutationSettings(mutations)));

        var answer = proxy.Ask("GET", "/m", [("x-gone", "1"), ("x-new", "0"), ("x-over", "1")], 200, ("x-secret", "1"), ("x-out", "mine"));

        Assert.Null(answer.Sent("x-gone"));
        Assert.Equal(["0", "/m"], answer.AllSent("x-new"));
        Assert.Equal(["o"], answer.AllSent("x-over"));
        Assert.Equal("mine", answer.Got("x-out"));
        Assert.Null(answer.Got("x-secret"));
        Assert.Equal("200", proxy.Ask("/").Got("x-out"));
    }

    [Fact]
    public void Headers_are_removed_by_what_their_names_look_like()
    {
        var step = new HeaderMutationStep(RemoveOnMatch: StringMatcher.Of(StringMatch.Prefix, "x-internal-"));
        var proxy = new WorkerHarness(Chains.With(new HeaderMutationSettings(new MessageMutations { Request = new HeaderMutationList([step]) })));

        var answer = proxy.Ask("/", ("x-internal-a", "1"), ("X-Internal-B", "2"), ("x-other", "3"));

        Assert.Equal((null, null, "3"), (answer.Sent("x-internal-a"), answer.Sent("x-internal-b"), answer.Sent("x-other")));
    }

    [Fact]
    public void Trailers_are_changed_both_ways()
    {
        var mutations = new MessageMutations
        {
            RequestTrailers = new HeaderMutationList([Step("x-in", "1")]),
            ResponseTrailers = new HeaderMutationList([Step("x-out", "2")]),
        };
        var proxy = new WorkerHarness(Chains.With(new HeaderMutationSettings(mutations)));
        _ = proxy.Request("POST", "/", endStream: false);
        _ = proxy.Connected(1);

        Assert.Equal(["SendTrailers x-sum: 7,x-in: 1"], proxy.Trailers(("x-sum", "7")));
        _ = proxy.Answer(1, 200, endStream: false);
        Assert.Equal("ForwardTrailers grpc-status: 0,x-out: 2", proxy.AnswerTrailers(1, ("grpc-status", "0"))[0]);
    }

    [Theory]
    [InlineData(false, "filter,route,host,table", "table")]
    [InlineData(true, "filter,table,host,route", "route")]
    public void All_levels_have_their_say_after_the_filter(bool mostSpecificWins, string order, string last)
    {
        MessageMutations Mark(string level) =>
            new()
            {
                Request = new HeaderMutationList([Step("x-order", level)]),
                Response = new HeaderMutationList([Step("x-last", level, AppendAction.OverwriteIfExistsOrAdd)]),
            };
        PerFilterConfig At(string level) => Chains.For("headermutation", new HeaderMutationRouteSettings(Mark(level)));
        var host = Snapshots.Host("*", Snapshots.Prefix("/", Snapshots.To("svc")) with { PerFilterConfig = At("route") }) with { PerFilterConfig = At("host") };
        var snapshot = Chains
            .With(host, new HeaderMutationSettings(Mark("filter"), mostSpecificWins))
            .With(manager => manager with { RouteTable = new RouteTable("local", [host]) { PerFilterConfig = At("table") } });

        var answer = new WorkerHarness(snapshot).Ask();

        Assert.Equal(order.Split(','), answer.AllSent("x-order"));
        Assert.Equal([last], answer.AllGot("x-last"));
    }

    [Fact]
    public void Replies_of_the_proxy_are_changed_too()
    {
        var mutations = new MessageMutations { Response = new HeaderMutationList([Step("x-out", "%RESPONSE_CODE%")]) };
        var fault = new FaultSettings { Abort = new FaultAbort(503, null, FractionalPercent.Always) };
        var proxy = new WorkerHarness(Chains.With(fault, new HeaderMutationSettings(mutations)));

        Assert.Equal("503", proxy.Ask().Got("x-out"));
    }

    [Theory]
    [InlineData("/p?b=2&a=1", AppendAction.AppendIfExistsOrAdd, "/p?a=1&a=x&b=2")]
    [InlineData("/p?b=2&a=1", AppendAction.AddIfAbsent, "/p?a=1&b=2")]
    [InlineData("/p?b=2", AppendAction.AddIfAbsent, "/p?a=x&b=2")]
    [InlineData("/p?a=1&a=3&b", AppendAction.OverwriteIfExists, "/p?a=x&b=")]
    [InlineData("/p?b=2", AppendAction.OverwriteIfExists, "/p?b=2")]
    [InlineData("/p", AppendAction.OverwriteIfExistsOrAdd, "/p?a=x")]
    [InlineData("/p?c=%61%20%26&b=%zz", AppendAction.AddIfAbsent, "/p?a=x&b=%zz&c=a%20&")]
    internal void A_query_parameter_is_added_or_replaced(string path, AppendAction action, string expected) =>
        Assert.Equal(expected, PathWith(path, new QueryParameterMutation("a", Snapshots.Format("%REQ(X-V)%"), action)));

    [Theory]
    [InlineData("/p?a=1&b=2&a=3", "/p?b=2")]
    [InlineData("/p?a=1", "/p")]
    [InlineData("/p", "/p")]
    public void A_query_parameter_is_removed(string path, string expected) => Assert.Equal(expected, PathWith(path, new QueryParameterMutation("a", null)));

    [Fact]
    public void Query_mutations_see_what_the_ones_before_did() =>
        Assert.Equal(
            "/p?b=x",
            PathWith(
                "/p?a=1",
                new QueryParameterMutation("b", Snapshots.Format("x")),
                new QueryParameterMutation("a", null),
                new QueryParameterMutation("c", null)
            )
        );

    private static HeaderMutationStep Step(string name, string value, AppendAction action = AppendAction.AppendIfExistsOrAdd) =>
        new(Append: new HeaderAddition(HeaderName.Of(name), Snapshots.Format(value), action));

    private static string? PathWith(string path, params ImmutableArray<QueryParameterMutation> mutations)
    {
        var proxy = new WorkerHarness(Chains.With(new HeaderMutationSettings(new MessageMutations { Query = mutations })));
        return proxy.Ask(path, ("x-v", "x")).Sent(":path");
    }
}
