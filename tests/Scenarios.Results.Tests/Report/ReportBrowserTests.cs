using System.Globalization;

namespace MeshSim.Scenarios.Results.Tests;

/// <summary>The report as a reader has it: opened from disk, in a browser.</summary>
public sealed class ReportBrowserTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory().FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [BrowserFact]
    public async Task The_report_opens_without_complaints_and_can_be_zoomed_sorted_and_read()
    {
        var scenario = LibraryRuns.Scenario("two-hops", seconds: 20);
        var file = Path.Combine(folder, "report.html");
        await File.WriteAllTextAsync(file, ReportPage.Html(ReportBuilder.Of(scenario, LibraryRuns.Run(scenario))));

        await using var page = await Chromium.OpenAsync(file);

        Assert.Equal("two-hops, seed 7", await page.TextAsync("document.title"));
        await AssertChartsAsync(page);
        await AssertZoomAsync(page);
        await AssertTablesAsync(page);
        await AssertStoriesAsync(page);
        Assert.Equal("0", await page.TextAsync("performance.getEntriesByType('resource').length"));
        Assert.Empty(page.Complaints);
    }

    /// <summary>Every canvas has a picture: many colours, not one.</summary>
    private static async Task AssertChartsAsync(Chromium page)
    {
        const string colors = """
            [...document.querySelectorAll("canvas")].map(canvas => {
              const pixels = new Uint32Array(canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data.buffer);
              return new Set(pixels).size;
            })
            """;
        var counts = (await page.ValueAsync(colors))!.AsArray().Select(static count => count!.GetValue<int>()).ToArray();
        Assert.True(counts.Length >= 8, $"{counts.Length} charts");
        Assert.All(counts, static count => Assert.True(count > 10, $"{count} colours"));
        Assert.Equal("4", await page.TextAsync("document.querySelectorAll('#timeline rect[data-kind=fault]').length"));
        Assert.Equal("6", await page.TextAsync("document.querySelectorAll('#topology svg path').length"));
    }

    /// <summary>Dragging over half of a chart shows half of the run in all of them; a double click and keys work, too.</summary>
    private static async Task AssertZoomAsync(Chromium page)
    {
        const string range = "document.getElementById('range').value";
        const string lane = "document.querySelector('#timeline rect[data-kind=fault]').getAttribute('width')";
        Assert.Equal("0 s to 20 s", await page.TextAsync(range));
        var before = double.Parse(await page.TextAsync(lane), CultureInfo.InvariantCulture);
        _ = await page.ValueAsync("document.querySelector('canvas').scrollIntoView({block: 'center', behavior: 'instant'})");
        var box = (
            await page.ValueAsync(
                "(() => { const r = document.querySelector('canvas').getBoundingClientRect(); return [r.left, r.top, r.width, r.height]; })()"
            )
        )!
            .AsArray()
            .Select(static value => value!.GetValue<double>())
            .ToArray();
        const double left = 130;
        const double right = 16;
        var (start, width, y) = (box[0] + left, box[2] - left - right, box[1] + (box[3] / 2));
        await page.MouseAsync("mouseMoved", start + (width / 4), y);
        Assert.StartsWith("5 s", await page.TextAsync("document.querySelector('.tip:not([hidden])').textContent"), StringComparison.Ordinal);
        await page.MouseAsync("mousePressed", start + (width / 2), y, clicks: 1);
        await page.MouseAsync("mouseMoved", start + (width * 0.75), y);
        await page.MouseAsync("mouseReleased", start + width, y, clicks: 1);

        Assert.Equal("10.0 s to 15.0 s", await AsRoundAsync(page));
        Assert.NotEqual(before, double.Parse(await page.TextAsync(lane), CultureInfo.InvariantCulture), 1.0);

        await page.MouseAsync("mousePressed", start + (width / 2), y, clicks: 1);
        await page.MouseAsync("mouseReleased", start + (width / 2), y, clicks: 1);
        await page.MouseAsync("mousePressed", start + (width / 2), y, clicks: 2);
        await page.MouseAsync("mouseReleased", start + (width / 2), y, clicks: 2);
        Assert.Equal("0 s to 20 s", await page.TextAsync(range));
        _ = await page.ValueAsync("document.querySelector('canvas').focus()");
        await page.KeyAsync("+");
        Assert.Equal("5 s to 15 s", await page.TextAsync(range));
        await page.KeyAsync("Home");
        Assert.Equal("0 s to 20 s", await page.TextAsync(range));
    }

    private static Task<string> AsRoundAsync(Chromium page) => page.TextAsync("`${view.from.toFixed(1)} s to ${view.to.toFixed(1)} s`");

    private static async Task AssertTablesAsync(Chromium page)
    {
        const string first = "document.querySelector('#endpoints tbody td').textContent";
        Assert.Equal("ledger-0", await page.TextAsync(first));
        _ = await page.ValueAsync("document.querySelector('#endpoints thead button').click()");
        _ = await page.ValueAsync("document.querySelector('#endpoints thead button').click()");
        Assert.Equal("ledger-3", await page.TextAsync(first));
        Assert.Equal("descending", await page.TextAsync("document.querySelector('#endpoints thead th').getAttribute('aria-sort')"));

        _ = await page.ValueAsync("(() => { const s = document.getElementById('proxy'); s.value = 'sidecar'; s.dispatchEvent(new Event('change')); })()");
        Assert.Contains("Hosts of sidecar", await page.TextAsync("document.getElementById('proxies').textContent"), StringComparison.Ordinal);
    }

    private static async Task AssertStoriesAsync(Chromium page)
    {
        const string whole = """
            (() => {
              const index = data.stories.findIndex(story => story.why === "whole" && story.steps.some(step => step.depth === 3));
              document.querySelectorAll("#storyList button")[index].click();
              return index;
            })()
            """;
        Assert.True((await page.ValueAsync(whole))!.GetValue<int>() > 0);
        var text = await page.TextAsync("document.getElementById('storyDetail').textContent");
        Assert.Contains("picked by ROUND_ROBIN, priority 0", text, StringComparison.Ordinal);
        Assert.Contains("→ ledger-", text, StringComparison.Ordinal);
        Assert.Equal(
            "true",
            await page.TextAsync("[...document.querySelectorAll('#storyDetail .track i')].every(bar => bar.getBoundingClientRect().width >= 1)")
        );
    }
}
