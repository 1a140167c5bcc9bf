using MeshSim.Scenarios.Results;

namespace MeshSim.Silo;

/// <summary>A chart for each scenario of the library: of an incident both variants, as its first expectation speaks of them.</summary>
internal static class LibraryCharts
{
    /// <param name="folder">Made if it does not exist.</param>
    /// <exception cref="NoFontException">No font is installed, so charts would have no text.</exception>
    public static void Write(string folder, IEnumerable<LibraryOutcome> outcomes)
    {
        _ = Directory.CreateDirectory(folder);
        foreach (var (original, mended) in outcomes)
        {
            var png = mended is null
                ? ResultCharts.Png(ResultCharts.Requests(original.Result, original.Scenario.Faults))
                : VariantChart.Png(original.Scenario.Expectations[0], original.Scenario, original.Result, mended.Result);
            File.WriteAllBytes(Path.Combine(folder, $"{original.Name}.png"), png);
        }
    }
}
