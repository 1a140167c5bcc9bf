namespace MeshSim.Scenarios.Results.Tests;

/// <summary>A test that needs Chromium. Without one it fails where tests have to be complete (<c>CI</c> is set), and is skipped with its reason elsewhere.</summary>
internal sealed class BrowserFactAttribute : FactAttribute
{
    public BrowserFactAttribute()
    {
        if (Chromium.Path is null && Environment.GetEnvironmentVariable("CI") is null or "")
        {
            Skip = Chromium.Missing;
        }
    }
}
