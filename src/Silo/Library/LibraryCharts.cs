using MeshSim.Scenarios.Model;
using MeshSim.Scenarios.Results;

namespace MeshSim.Silo;

/// <summary>A chart for each scenario of the library: of an incident both variants, as an expectation speaks of them that only one meets.</summary>
internal static class LibraryCharts
{
    /// <param name="folder">Made if it does not exist, with folders in it for scenarios whose names have one.</param>
    /// <exception cref="NoFontException">No font is installed, so charts would have no text.</exception>
    public static void Write(string folder, IEnumerable<LibraryOutcome> outcomes)
    {
        foreach (var (original, mended) in outcomes)
        {
            var png = mended is null
                ? ResultCharts.Png(ResultCharts.Requests(original.Result, original.Scenario.Faults))
                : VariantChart.Png(Shown(original, mended), original.Scenario, original.Result, mended.Result);
            var file = Path.Combine(folder, $"{original.Name}.png");
            _ = Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllBytes(file, png);
        }
    }

    /// <summary>The first expectation that tells the variants apart.</summary>
    private static Expectation Shown(LibraryRun original, LibraryRun mended) =>
        original.Scenario.Expectations.FirstOrDefault(expectation => !expectation.Check(mended.Result).Passed) ?? original.Scenario.Expectations[0];
}
