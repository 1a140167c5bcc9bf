using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using ScottPlot;

namespace MeshSim.Scenarios.Results;

/// <summary>What one cell shows, in the form notebooks store it.</summary>
internal sealed class NotebookOutputs
{
    private const int PlotWidth = 1000;
    private const int PlotHeight = 450;

    private List<JsonObject> shown = [];

    public void Begin() => shown = [];

    public void Print(string text)
    {
        if (text.Length > 0)
        {
            shown.Add(
                new JsonObject
                {
                    ["name"] = "stdout",
                    ["output_type"] = "stream",
                    ["text"] = Lines(text),
                }
            );
        }
    }

    public void Show(object value)
    {
        var data = value switch
        {
            Plot plot => new JsonObject
            {
                ["image/png"] = Convert.ToBase64String(plot.GetImageBytes(PlotWidth, PlotHeight, ImageFormat.Png)),
                ["text/plain"] = Lines("chart"),
            },
            NotebookTable table => new JsonObject { ["text/html"] = Lines(Html(table)), ["text/plain"] = Lines(Plain(table)) },
            _ => new JsonObject { ["text/plain"] = Lines(value.ToString() ?? "") },
        };
        shown.Add(
            new JsonObject
            {
                ["data"] = data,
                ["metadata"] = new JsonObject(),
                ["output_type"] = "display_data",
            }
        );
    }

    public JsonArray Take() => [.. shown];

    /// <summary>Text as notebooks have it: a list of lines with their line ends.</summary>
    private static JsonArray Lines(string text)
    {
        var lines = text.Split('\n');
        return [.. lines.Select((line, i) => (JsonNode)(i < lines.Length - 1 ? line + "\n" : line))];
    }

    private static string Html(NotebookTable table)
    {
        var html = new StringBuilder("<table>\n<tr>");
        foreach (var cell in table.Header)
        {
            _ = html.Append("<th>").Append(WebUtility.HtmlEncode(cell)).Append("</th>");
        }

        foreach (var row in table.Rows)
        {
            _ = html.Append("</tr>\n<tr>");
            foreach (var cell in row)
            {
                _ = html.Append("<td>").Append(WebUtility.HtmlEncode(cell)).Append("</td>");
            }
        }

        return html.Append("</tr>\n</table>").ToString();
    }

    private static string Plain(NotebookTable table) => string.Join('\n', table.Rows.Prepend([.. table.Header]).Select(static row => string.Join(" | ", row)));
}
