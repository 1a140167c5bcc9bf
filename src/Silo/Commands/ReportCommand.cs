using System.CommandLine;
using MeshSim.Scenarios.Results;

namespace MeshSim.Silo;

/// <summary><c>meshsim report</c>: makes the report of a result folder again.</summary>
internal static class ReportCommand
{
    private static readonly Argument<string> Result = new("result") { Description = "A result folder of 'meshsim run' or 'meshsim live'" };
    private static readonly Option<string?> Out = new("--out") { Description = $"File to write (default: {ReportPage.HtmlFile} in the folder)" };
    private static readonly Option<bool> Json = new("--json")
    {
        Description = "Print what the report shows, for programs; write nothing unless --out is given",
    };

    public static Command Create()
    {
        var command = new Command("report", "Make the HTML report of a result folder again") { Result, Out, Json };
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult arguments)
    {
        var folder = arguments.GetValue(Result)!;
        var (target, asJson) = (arguments.GetValue(Out), arguments.GetValue(Json));
        string html;
        string json;
        try
        {
            html = ReportPage.FromFolder(folder, out json);
        }
        catch (ResultReadException e)
        {
            throw new BadInputException(e.Message, e);
        }

        if (!asJson || target is not null)
        {
            Write(target ?? Path.Combine(folder, ReportPage.HtmlFile), html);
        }

        if (asJson)
        {
            Console.Write(json);
        }
        else
        {
            Console.WriteLine($"Report: {target ?? Path.Combine(folder, ReportPage.HtmlFile)}");
        }

        return ExitCodes.Fine;
    }

    private static void Write(string file, string html)
    {
        try
        {
            File.WriteAllText(file, html);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BadInputException($"cannot write '{file}': {e.Message}", e);
        }
    }
}
