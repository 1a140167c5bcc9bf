namespace MeshSim.ProxyRuntime.Core.Tests.Stats;

public sealed class HistogramTests
{
    [Theory]
    [InlineData(-5, 0, 1)]
    [InlineData(0, 0, 1)]
    [InlineData(9, 9, 1)]
    [InlineData(10, 10, 1)]
    [InlineData(99, 99, 1)]
    [InlineData(100, 100, 10)]
    [InlineData(109, 100, 10)]
    [InlineData(110, 110, 10)]
    [InlineData(123_456, 120_000, 10_000)]
    [InlineData(long.MaxValue, 9_200_000_000_000_000_000, 100_000_000_000_000_000)]
    public void A_bin_has_two_digits(long value, long lowerBound, long width)
    {
        var bin = Histogram.BinOf(value);

        Assert.Equal(lowerBound, Histogram.LowerBound(bin));
        Assert.Equal(width, Histogram.Width(bin));
    }

    [Fact]
    public void It_takes_no_more_room_than_its_largest_value_needs()
    {
        var histogram = new Histogram("upstream_rq_time");
        Assert.Equal(0, histogram.Bins.Length);

        histogram.Record(3);
        Assert.Equal(10, histogram.Bins.Length);
        histogram.Record(250);
        Assert.Equal(190, histogram.Bins.Length);
        histogram.Record(long.MaxValue);
        Assert.Equal(1630, histogram.Bins.Length);

        Assert.Equal(1, histogram.Bins[3]);
        Assert.Equal(1, histogram.Bins[Histogram.BinOf(250)]);
        Assert.Equal(1, histogram.Bins[^8]);
        Assert.Equal(3, histogram.Count);
    }
}
