using System.Xml.Linq;
using MeshSim.Scenarios.Model;

namespace MeshSim.Scenarios.Results.Tests;

public class StopRuleTests
{
    [Theory]
    [InlineData("p99 half-width < 2%", "p99", 2, true)]
    [InlineData("p50 half-width <0.5ms", "p50", 0.5, false)]
    [InlineData("p99.9 half-width < 1s", "p99.9", 1000, false)]
    [InlineData("success_rate half-width < 0.1%", "success_rate", 0.1, false)]
    public void A_rule_names_a_figure_and_how_narrow_its_interval_has_to_be(string text, string figure, double bound, bool isShare)
    {
        var rule = StopRule.Parse(text, out _)!;

        Assert.Equal((figure, bound, isShare), (rule.Figure, rule.Bound, rule.IsShare));
    }

    [Theory]
    [InlineData("p99 < 2%", "accepted is a figure, 'half-width <', and a bound")]
    [InlineData("p98 half-width < 2%", "there is no figure 'p98'; figures are success_rate, p50, p90, p95, p99, p99.9")]
    [InlineData("p99 half-width < 0%", "the bound has to be above 0")]
    [InlineData("success_rate half-width < 5ms", "the bound of a rate is in %")]
    public void What_is_no_rule_is_refused_with_what_would_be_one(string text, string problem)
    {
        Assert.Null(StopRule.Parse(text, out var found));
        Assert.Contains(problem, found, StringComparison.Ordinal);
    }

    [Fact]
    public void The_bound_is_a_share_of_the_figure_or_in_its_unit()
    {
        var interval = new RunInterval("p99", "ms", 100, 3, 1);

        Assert.True(StopRule.Parse("p99 half-width < 3.1%", out _)!.IsMet(interval));
        Assert.False(StopRule.Parse("p99 half-width < 2.9%", out _)!.IsMet(interval));
        Assert.True(StopRule.Parse("p99 half-width < 3.1ms", out _)!.IsMet(interval));
        Assert.False(StopRule.Parse("p99 half-width < 3.1ms", out _)!.IsMet(interval with { HalfWidth = double.PositiveInfinity }));
    }

    /// <summary>
    /// Of 2,000 answers all were good: by Clopper and Pearson 0.265 % may fail, as 0.9973543^2000 is 0.005. Of none nothing is known.
    /// </summary>
    [Fact]
    public void Where_nothing_varied_the_interval_is_not_empty()
    {
        var good = RunInterval.Of("success_rate", Answers(200));
        var silent = RunInterval.Of("success_rate", Answers(0));

        Assert.Equal((100, 0.26457), (good.Value, Math.Round(good.HalfWidth, 5)));
        Assert.False(StopRule.Parse("success_rate half-width < 0.2%", out _)!.IsMet(good));
        Assert.False(StopRule.Parse("p99 half-width < 5ms", out _)!.IsMet(RunInterval.Of("p99", Answers(0))));
        Assert.False(StopRule.Parse("success_rate half-width < 5%", out _)!.IsMet(silent));
        Assert.Equal("nothing to measure", silent.ToString());

        static Samples Answers(int perSecond)
        {
            var recorder = new ClientRecorder(warmUpNs: 0);
            for (var i = 0; i < 10 * perSecond; i++)
            {
                var at = i * (1_000_000_000L / perSecond);
                recorder.Sent(at);
                recorder.Answered(at, at + 1, 200);
            }

            return RunInterval.SamplesOf(recorder.Seconds, 0, 10_000_000_000, []);
        }
    }

    [Fact]
    public void Warm_up_and_what_is_not_a_whole_second_are_left_out_of_intervals()
    {
        var recorder = new ClientRecorder(warmUpNs: 1_500_000_000);
        for (var i = 0; i < 105; i++)
        {
            recorder.Sent(i * 100_000_000L);
            recorder.Answered(i * 100_000_000L, (i * 100_000_000L) + 5_000_000, i < 20 ? 503 : 200);
        }

        var samples = RunInterval.SamplesOf(recorder.Seconds, 1_500_000_000, 10_500_000_000, [5_000_000_000]);

        Assert.Equal(8, samples.Items.Length);
        Assert.Equal(3, Assert.Single(samples.Phases));
        Assert.Equal(100, RunInterval.Of("success_rate", samples).Value);
    }

    [Fact]
    public void Expectations_become_tests_of_a_JUnit_report()
    {
        var scenario = LibraryRuns.Scenario("capped-queue", seconds: 5);
        var result = LibraryRuns.Run(scenario) with
        {
            Expectations =
            [
                new ExpectationRecord("p99 <= 1ms", "155.136ms", Passed: false),
                new ExpectationRecord("success_rate >= 60%", "75.2%", Passed: true),
            ],
        };

        var suite = XDocument.Parse(JUnitXml.Write(JUnitSuite.Of(result))).Root!.Element("testsuite")!;

        Assert.Equal(("capped-queue", "2", "1"), (suite.Attribute("name")!.Value, suite.Attribute("tests")!.Value, suite.Attribute("failures")!.Value));
        var failed = suite.Elements("testcase").Single(static test => test.Element("failure") is not null);
        Assert.Equal("p99 <= 1ms", failed.Attribute("name")!.Value);
        Assert.Contains("measured 155.136ms", failed.Element("failure")!.Attribute("message")!.Value, StringComparison.Ordinal);
    }
}
