using System.Text;

namespace MeshSim.ProxyRuntime.Config.Tests;

/// <summary>docs/config-coverage.md is made from the table of modelled fields. Run with UPDATE_DOCS=1 to write it anew.</summary>
public class CoverageDocumentTests
{
    [Fact]
    public void The_coverage_page_is_up_to_date()
    {
        var path = Path.Combine(Root(), "docs", "config-coverage.md");
        if (Environment.GetEnvironmentVariable("UPDATE_DOCS") == "1")
        {
            File.WriteAllText(path, Page());
        }

        Assert.True(
            Page() == File.ReadAllText(path),
            "docs/config-coverage.md is stale; write it anew with: UPDATE_DOCS=1 dotnet test tests/ProxyRuntime.Config.Tests"
        );
    }

    private static string Page()
    {
        var page = new StringBuilder(
            """
            # What of Envoy's configuration acts

            Fields in this table act as they do in Envoy. Every other field of the API is read and checked; when it is set, it is either reported in a
            warning or, where leaving it out would change what happens to a request, refused as not supported yet. The table is the program's own.

            | message | fields |
            |---|---|

            """
        );
        foreach (var (message, fields) in ModelledFields.All)
        {
            page.Append("| `").Append(message).Append("` | ").AppendJoin(", ", fields).Append(" |\n");
        }

        return page.ToString().Replace("\r\n", "\n", StringComparison.Ordinal);
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Sim.sln")))
        {
            folder = folder.Parent!;
        }

        return folder.FullName;
    }
}
