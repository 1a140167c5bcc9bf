using System.Reflection;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace MeshSim.Scenarios.Results;

/// <summary><c>report.html</c>: one file with all that it shows, for any browser, without a server or a network.</summary>
public static class ReportPage
{
    public const string HtmlFile = "report.html";
    public const string JsonFile = "report.json";

    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web) { Encoder = JavaScriptEncoder.Default };

    public static string Json(ReportData data) => JsonSerializer.Serialize(data, Options) + "\n";

    /// <summary>The page of a result folder's report.json.</summary>
    /// <exception cref="ResultReadException">There is none, or it is of another version.</exception>
    public static string FromFolder(string folder, out string json)
    {
        var file = Path.Combine(folder, JsonFile);
        try
        {
            json = File.ReadAllText(file);
            var data = JsonSerializer.Deserialize<ReportData>(json, Options) ?? throw new JsonException("it is null");
            return data.ReportVersion == 1
                ? Html(data)
                : throw new ResultReadException(
                    $"{file}: another version of meshsim has written it (report version {data.ReportVersion}, here 1): run it again"
                );
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ResultReadException($"'{folder}' has no {JsonFile}. 'meshsim run' and 'meshsim live' write it", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new ResultReadException($"{file}: {e.Message}", e);
        }
    }

    /// <summary>Text that stands in the data cannot end the element it stands in: the encoder escapes angle brackets.</summary>
    public static string Html(ReportData data) =>
        Part("report.html")
            .Replace("/*style*/", Part("report.css"), StringComparison.Ordinal)
            .Replace("/*script*/", string.Concat(Scripts.Select(Part)), StringComparison.Ordinal)
            .Replace("<!--title-->", HtmlEncoder.Default.Encode($"{data.Scenario}, seed {data.Seed}"), StringComparison.Ordinal)
            .Replace("/*data*/", Json(data).TrimEnd(), StringComparison.Ordinal);

    private static readonly string[] Scripts = ["base.js", "charts.js", "timeline.js", "topology.js", "tables.js", "stories.js", "main.js"];

    private static string Part(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream($"Report.{name}")!;
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
