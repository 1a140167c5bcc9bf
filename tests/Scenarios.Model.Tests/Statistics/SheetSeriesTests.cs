using MeshSim.ProxyRuntime.Core;

namespace MeshSim.Scenarios.Model.Tests;

public class SheetSeriesTests
{
    private const long Second = 1_000_000_000;

    [Fact]
    public void Gains_belong_to_the_second_they_are_noted_in()
    {
        StatSheet one = new(),
            two = new();
        one.Counter("cluster.a.upstream_rq_retry").Add(7);
        SheetSeries first = new(one),
            second = new(two);

        one.Counter("cluster.a.upstream_rq_retry").Add(2);
        one.Counter("cluster.a.upstream_rq_total").Add(9);
        first.Note(Second - 1);
        one.Counter("cluster.a.upstream_rq_retry").Add(1);
        two.Counter("cluster.a.upstream_rq_retry").Add(4);
        two.Counter("cluster.b.upstream_rq_timeout").Add(1);
        two.Counter("cluster.b.upstream_rq_retry").Add(0);
        first.Note((3 * Second) - 1);
        second.Note((3 * Second) - 1);
        second.Note((4 * Second) - 1);

        var sums = SheetSeries.Sum([first, second]);
        Assert.Equal(["cluster.a.upstream_rq_retry", "cluster.b.upstream_rq_timeout"], sums.Keys);
        Assert.Equal("2,0,5", string.Join(',', sums["cluster.a.upstream_rq_retry"]));
        Assert.Equal("0,0,1", string.Join(',', sums["cluster.b.upstream_rq_timeout"]));
    }

    [Theory]
    [InlineData("cluster.svc.upstream_rq_retry", true)]
    [InlineData("cluster.a.b.outlier_detection.ejections_enforced_total", true)]
    [InlineData("cluster.svc.upstream_rq_retry_backoff_exponential", false)]
    [InlineData("cluster.svc.my_upstream_rq_retry", false)]
    [InlineData("http.in.upstream_rq_retry", false)]
    [InlineData("upstream_rq_retry", false)]
    public void Compared_are_those_of_clusters(string name, bool compared) => Assert.Equal(compared, ComparedStatistics.Has(name));
}
