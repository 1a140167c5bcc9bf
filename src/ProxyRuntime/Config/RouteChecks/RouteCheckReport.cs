namespace MeshSim.ProxyRuntime.Config;

/// <summary>What is printed of a check, line by line, as Envoy's tool prints it.</summary>
/// <param name="Details">-d: every test by name, and what failed.</param>
/// <param name="OnlyShowFailures">--only-show-failures: only tests that failed, and what failed.</param>
/// <param name="FailUnder">-f: the least coverage in percent; 0 for any.</param>
/// <param name="Comprehensive">--covall: coverage by every expectation a route can have.</param>
/// <param name="DetailedCoverage">--detailed-coverage: the routes without a test.</param>
public sealed record RouteCheckReport(bool Details, bool OnlyShowFailures, double FailUnder, bool Comprehensive, bool DetailedCoverage)
{
    /// <summary>The lines, and whether the check is passed: every test, then the coverage asked for.</summary>
    public (IReadOnlyList<RouteCheckLine> Lines, bool Passed) Write(RouteCheckOutcome outcome)
    {
        List<RouteCheckLine> lines = [];
        WriteTests(outcome, lines);
        if (!outcome.Passed)
        {
            if (!Details && !OnlyShowFailures)
            {
                var failed = outcome.Tests.Count(static test => !test.Passed);
                lines.Add(new RouteCheckLine(true, $"{failed} of {outcome.Tests.Length} tests failed; --only-show-failures tells what"));
            }

            return (lines, false);
        }

        // Both numbers pass through single precision in Envoy's tool, which decides where they are equal.
        var percent = (double)(float)(Comprehensive ? outcome.Coverage.ComprehensivePercent : outcome.Coverage.Percent);
        var wanted = (double)(float)FailUnder;
        var missing =
            Comprehensive ? outcome.Coverage.MissingByMatch
            : DetailedCoverage ? outcome.Coverage.MissingByName
            : [];
        lines.AddRange(missing.Select(static line => new RouteCheckLine(false, line)));
        lines.Add(new RouteCheckLine(false, $"Current route coverage: {RouteCoverage.Text(percent)}%"));
        if (wanted != 0 && percent < wanted)
        {
            lines.Add(new RouteCheckLine(true, $"Failed to meet coverage requirement: {RouteCoverage.Text(wanted)}%"));
            return (lines, false);
        }

        return (lines, true);
    }

    private void WriteTests(RouteCheckOutcome outcome, List<RouteCheckLine> lines)
    {
        foreach (var test in outcome.Tests)
        {
            if (test.Passed ? Details && !OnlyShowFailures : Details || OnlyShowFailures)
            {
                lines.Add(new RouteCheckLine(!test.Passed, test.Name));
                lines.AddRange(test.Failures.Select(static failure => new RouteCheckLine(true, failure)));
            }
        }
    }
}

/// <summary>A line, and whether it goes to standard error.</summary>
public readonly record struct RouteCheckLine(bool IsError, string Text);
