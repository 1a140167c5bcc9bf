using System.Globalization;
using System.Text.RegularExpressions;
using MeshSim.ProxyRuntime.Core;
using MeshSim.Scenarios.Model;

namespace MeshSim.Scenarios.Results;

/// <summary>
/// When a run may end before its scenario does: once the interval of a figure is narrow enough. Looked at at the boundaries of batches,
/// so that the end does not depend on how the run is divided.
/// </summary>
/// <param name="Text">As written, <c>p99 half-width &lt; 2%</c>.</param>
/// <param name="Figure">One of <see cref="RunInterval.Names"/>.</param>
/// <param name="Bound">The half-width must be less.</param>
/// <param name="IsShare">The bound is a share of the figure; else it is in the figure's unit.</param>
public sealed partial record StopRule(string Text, string Figure, double Bound, bool IsShare)
{
    /// <summary>Seconds after the warm-up before the first look: what a variance needs.</summary>
    private const int LeastSeconds = 20;

    /// <summary>Seconds between two looks.</summary>
    private const int BatchSeconds = 10;

    /// <summary>The rule of a text; null, with what is wrong, if it is none.</summary>
    public static StopRule? Parse(string text, out string problem)
    {
        problem = "";
        var match = Form().Match(text);
        if (!match.Success)
        {
            problem =
                $"--until '{text}' is not accepted; accepted is a figure, 'half-width <', and a bound: 'p99 half-width < 2%', 'p50 half-width < 0.5ms', 'success_rate half-width < 0.1%'";
            return null;
        }

        var figure = match.Groups["figure"].Value;
        if (!RunInterval.Names.Contains(figure, StringComparer.Ordinal))
        {
            problem = $"--until '{text}': there is no figure '{figure}'; figures are {string.Join(", ", RunInterval.Names)}";
            return null;
        }

        var (bound, unit) = (double.Parse(match.Groups["bound"].Value, CultureInfo.InvariantCulture), match.Groups["unit"].Value);
        var isRate = figure == RunInterval.Names[0];
        if (bound <= 0 || (isRate && unit != "%"))
        {
            problem =
                isRate && unit != "%"
                    ? $"--until '{text}': the bound of a rate is in %, points of a hundred"
                    : $"--until '{text}': the bound has to be above 0";
            return null;
        }

        return new StopRule(text, figure, unit == "s" ? 1000 * bound : bound, IsShare: unit == "%" && !isRate);
    }

    /// <summary>When to look first, nanoseconds since the run began.</summary>
    public static long FirstLookNs(Scenario scenario)
    {
        var warmUp = (scenario.WarmUpNs + MonotonicTime.NanosecondsPerSecond - 1) / MonotonicTime.NanosecondsPerSecond;
        return (warmUp + LeastSeconds) * MonotonicTime.NanosecondsPerSecond;
    }

    /// <summary>When to look after that.</summary>
    public static long NextLookNs(long lookNs) => lookNs + (BatchSeconds * MonotonicTime.NanosecondsPerSecond);

    /// <summary>Whether the run may end now.</summary>
    public bool IsMet(RunInterval interval) => interval.HalfWidth < (IsShare ? Bound / 100 * interval.Value : Bound);

    /// <summary>The same, from what clients saw until now.</summary>
    public bool IsMet(Scenario scenario, ClientRecorder clients, long nowNs) =>
        IsMet(RunInterval.Of(Figure, RunInterval.SamplesOf(clients.Seconds, scenario.WarmUpNs, nowNs, RunResult.Changes(scenario))));

    [GeneratedRegex(
        @"^\s*(?<figure>[a-z_0-9.]+)\s+half-width\s*<\s*(?<bound>\d+(\.\d+)?)\s*(?<unit>%|ms|s)\s*$",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Form();
}
