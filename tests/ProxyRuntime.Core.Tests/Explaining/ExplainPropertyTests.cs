using CsCheck;

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
        FixedCases.ForEach(
            Gen.Select(PlainTables.Tables, PlainTables.Requests.Array[RequestsPerTable]),
            Tables,
            (table, requests) =>
            {
                var snapshot = table.Snapshot;
                foreach (var request in requests)
                {
                    Compare(snapshot, table, request);
                    found += table.Evaluate(request).Rule is null ? 0 : 1;
                }
            }
        );

        // Enough of them meet a route that the test says something.
        Assert.InRange(found, 400, Tables * RequestsPerTable);
    }

    private static void Compare(ProxySnapshot snapshot, PlainTable table, PlainRequest request)
    {
        var read = ExplainRequestReader.Read(
            $"GET http://{request.Host}{request.Path}{request.Query}",
            request.Headers.Select(static header => $"{header.Name}: {header.Value}"),
            out _
        )!;
        var explanation = RequestExplainer.Explain(snapshot, snapshot.Listeners[0], read with { Random = request.Random });
        var search = Assert.Single(explanation.Lookups).Search;
        var (host, _, rule, misses) = table.Evaluate(request);

        Assert.Equal((request, host is null), (request, search.Result == RouteSearchResult.NoVirtualHost));
        Assert.Equal((request, rule?.Name), (request, search.Route?.Name));
        Assert.Equal(misses, search.Misses.Select(static miss => miss.Field));

        // %ROUTE_NAME% as a header of the response, and the name that the access log has.
        var header = explanation.Response[^1].Headers.Lines.FirstOrDefault(static line => line.Name == "x-route");
        Assert.Equal((request, rule?.Name), (request, header?.Value));
        Assert.Equal(rule?.Name ?? "", explanation.Outcome!.RouteName);
    }
}
