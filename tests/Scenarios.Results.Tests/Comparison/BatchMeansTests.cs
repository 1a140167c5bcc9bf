using MeshSim.ProxyRuntime.Core;
using MeshSim.Scenarios.Model;

namespace MeshSim.Scenarios.Results.Tests;

public class BatchMeansTests
{
    [Fact]
    public void Independent_values_have_the_textbook_interval()
    {
        // 0 and 2 in turn: mean 1, deviation sqrt(20/19), neighbours opposed, so nothing is put together.
        var values = Enumerable.Range(0, 20).Select(static i => 2.0 * (i % 2)).ToArray();

        var batches = BatchMeans.Of(values);

        Assert.Equal(1, batches.Length);
        Assert.Equal(19, batches.Freedom);
        Assert.Equal(20.0 / 19 / 20, batches.Variance, 12);
        Assert.Equal(2.860935 * Math.Sqrt(1.0 / 19), batches.HalfWidth, 5); // t of 19 degrees at 99.5 %
    }

    [Fact]
    public void A_series_that_never_moves_has_no_width() => Assert.Equal(0, BatchMeans.Of([.. Enumerable.Repeat(3.0, 40)]).HalfWidth);

    [Fact]
    public void Of_four_values_nothing_can_be_said() => Assert.Equal(double.PositiveInfinity, BatchMeans.Of([1, 2, 3, 4]).HalfWidth);

    [Fact]
    public void Correlated_values_are_put_together()
    {
        // Levels of twelve seconds each.
        var random = new RandomSource(5).Derive("levels");
        var levels = Enumerable.Range(0, 40).Select(_ => Samplers.Normal(random)).ToArray();
        var values = Enumerable.Range(0, 480).Select(i => levels[i / 12]).ToArray();

        var batches = BatchMeans.Of(values);

        Assert.InRange(batches.Length, 8, 48);
        Assert.InRange(batches.Variance * 40, 0.5, 2.5); // Forty independent levels, not 480.
    }

    [Fact]
    public void The_level_of_a_phase_is_no_variation()
    {
        // 0 and 2 in turn, ten higher in the middle: three means are taken off.
        var values = Enumerable.Range(0, 60).Select(static i => (2.0 * (i % 2)) + (i is >= 20 and < 40 ? 10 : 0)).ToArray();

        var batches = BatchMeans.Of(values, 40, 20);

        Assert.Equal(57, batches.Freedom);
        Assert.Equal(60.0 / 57 / 60, batches.Variance, 12);
        Assert.Equal(batches, BatchMeans.Of(values, 20, 22, 40, 58)); // Too short to be phases.
    }

    [Fact]
    public void Welch_has_the_textbook_freedom()
    {
        var difference = BatchMeans.Difference(new BatchMeans(4, 9, 1), new BatchMeans(1, 19, 1));

        Assert.Equal(5, difference.Variance);
        Assert.Equal(25 / ((16.0 / 9) + (1.0 / 19)), difference.Freedom, 9);
    }

    /// <summary>The interval is to hold the true mean 99 times in a hundred; over 500 series 97.5 % are six standard errors... of what is tolerated, three of what is promised.</summary>
    [Theory]
    [InlineData(60, 0.0)]
    [InlineData(60, 0.5)]
    [InlineData(120, 0.8)]
    [InlineData(300, 0.9)]
    public void Intervals_hold_the_mean_of_correlated_series(int length, double correlation)
    {
        const int series = 500;
        var held = 0;
        for (var seed = 0; seed < series; seed++)
        {
            var random = new RandomSource((ulong)seed).Derive("series");
            var values = new double[length];
            var value = Samplers.Normal(random) / Math.Sqrt(1 - (correlation * correlation));
            for (var i = 0; i < length; i++)
            {
                value = (correlation * value) + Samplers.Normal(random);
                values[i] = value;
            }

            held += Math.Abs(values.Average()) <= BatchMeans.Of(values).HalfWidth ? 1 : 0;
        }

        Assert.InRange(held, 0.95 * series, series);
    }
}
