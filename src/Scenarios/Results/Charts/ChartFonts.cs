using SkiaSharp;

namespace MeshSim.Scenarios.Results;

/// <summary>Charts without text would be worthless: with no font installed, ScottPlot draws them all the same, so this looks first.</summary>
internal static class ChartFonts
{
    private static readonly string[] Preferred = ["DejaVu Sans", "Liberation Sans", "Noto Sans", "Arial"];
    private static readonly Lazy<string> Chosen = new(Choose);

    /// <summary>Sets the font of all plots made from now on.</summary>
    /// <exception cref="NoFontException">There is none.</exception>
    public static void Use() => ScottPlot.Fonts.Default = Chosen.Value;

    private static string Choose()
    {
        var families = SKFontManager.Default.FontFamilies.ToArray();
        return Preferred.FirstOrDefault(name => families.Contains(name, StringComparer.OrdinalIgnoreCase))
            ?? families.FirstOrDefault()
            ?? throw new NoFontException();
    }
}

/// <summary>No font is installed.</summary>
public sealed class NoFontException() : Exception("charts need a font and none is installed; install one, for example with: apt-get install fonts-dejavu-core");
