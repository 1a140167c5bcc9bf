using SystemRandom = System.Random;

namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>Over random tables and requests, an explanation agrees with a naive evaluation and with what a proxy logs.</summary>
public class ExplainPropertyTests
{
    private const int Tables = 50;
    private const int RequestsPerTable = 20;

    [Fact]
    public void The_route_that_is_explained_is_the_one_that_is_logged_and_misses_are_what_a_naive_evaluation_finds()
    {
        var found = 0;
        for (var seed = 0; seed < Tables; seed++)
        {
            var random = new SystemRandom(seed);
            var table = new RandomTable(random);
            var snapshot = Logged(table.Snapshot);
            for (var i = 0; i < RequestsPerTable; i++)
            {
                var request = RandomTable.NewRequest(random);
                Compare(snapshot, table, request, $"table {seed}, request {i}: {request}");
                found += table.Evaluate(request) is { Name.Length: > 0 } ? 1 : 0;
            }
        }

        // Enough of them meet a route that the test says something.
        Assert.InRange(found, 300, Tables * RequestsPerTable);
    }

    private static void Compare(ProxySnapshot snapshot, RandomTable table, RandomTable.Request request, string where)
    {
        var read = ExplainRequestReader.Read(
            $"GET http://{request.Host}{request.Path}{request.Query}",
            request.Headers.Select(static header => $"{header.Key}: {header.Value}"),
            out _
        )!;
        var explanation = RequestExplainer.Explain(snapshot, snapshot.Listeners[0], read with { Random = request.Random });
        var search = Assert.Single(explanation.Lookups).Search;
        var naive = table.Evaluate(request);

        Assert.True(naive is null == (search.Result == RouteSearchResult.NoVirtualHost), where);
        Assert.True((naive?.Name ?? "") == (search.Route?.Name ?? ""), where);
        Assert.True((naive?.Misses ?? []).SequenceEqual(search.Misses.Select(static miss => miss.Field), StringComparer.Ordinal), where);

        // %ROUTE_NAME% as a header of the response, and the name that the access log has.
        var header = explanation.Response[^1].Headers.Lines.FirstOrDefault(static line => line.Name == "x-route");
        Assert.True((search.Route is null ? null : search.Route.Name) == header?.Value, where);
        Assert.True((search.Route?.Name ?? "") == explanation.Outcome!.RouteName, where);
    }

    /// <summary>Every virtual host tells the route in its answers.</summary>
    private static ProxySnapshot Logged(ProxySnapshot snapshot)
    {
        var manager = snapshot.Listeners[0].ConnectionManager!;
        var told = new HeaderMutations([], [new HeaderAddition(HeaderName.Of("x-route"), Snapshots.Format("%ROUTE_NAME%"))]);
        var table = new RouteTable("t", [.. manager.RouteTable.VirtualHosts.Select(host => host with { ResponseHeaders = told })]);
        return snapshot with { Listeners = [snapshot.Listeners[0] with { ConnectionManager = manager with { RouteTable = table } }] };
    }
}
