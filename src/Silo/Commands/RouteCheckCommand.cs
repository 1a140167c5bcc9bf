using System.CommandLine;
using MeshSim.ProxyRuntime.Config;
using MeshSim.ProxyRuntime.Live;

namespace MeshSim.Silo;

/// <summary><c>meshsim route-check</c>: a route table against test files of Envoy's route table check tool, with that tool's own flags.</summary>
internal static class RouteCheckCommand
{
    private static readonly Option<string> Tests = new("--test-path", "-t") { Description = "Test file, YAML or JSON", Required = true };
    private static readonly Option<string?> Listener = new("--listener") { Description = "The listener whose route table is meant" };
    private static readonly Option<string?> RouteConfig = new("--route-config") { Description = "The name of the route table that is meant" };
    private static readonly Option<bool> Details = new("--details", "-d") { Description = "Print every test by name, and what failed" };
    private static readonly Option<bool> OnlyShowFailures = new("--only-show-failures") { Description = "Print only the tests that fail" };
    private static readonly Option<double> FailUnder = new("--fail-under", "-f") { Description = "Fail if the tests cover less of the routes, in percent" };
    private static readonly Option<bool> Comprehensive = new("--covall") { Description = "Measure coverage by all expectations a route can have" };
    private static readonly Option<bool> DetailedCoverage = new("--detailed-coverage") { Description = "Print the routes without a test" };
    private static readonly Option<string?> Output = new("--output-path", "-o") { Description = "File that takes the results (binary ValidationResult)" };
    private static readonly Option<bool> DisableDeprecationCheck = new("--disable-deprecation-check")
    {
        Description = "Accepted for the tool's command lines; deprecated fields are read as Envoy reads them",
    };

    public static Command Create()
    {
        var command = new Command("route-check", "Check routes against test files of Envoy's router_check_tool; -c may also be a route table by itself")
        {
            Tests,
            Listener,
            RouteConfig,
            Details,
            OnlyShowFailures,
            FailUnder,
            Comprehensive,
            DetailedCoverage,
            Output,
            DisableDeprecationCheck,
        };
        ConfigInput.AddTo(command);
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult arguments)
    {
        var input = ConfigInput.Read(arguments);
        var tests = arguments.GetValue(Tests)!;
        var outcome = RouteChecker.Run(
            new RouteCheckConfig(input.Text, input.Name, input.Overlay, arguments.GetValue(Listener), arguments.GetValue(RouteConfig)),
            InputFile.Read(tests),
            tests,
            new FileEnvironment()
        );
        ConfigMessages.Print(outcome.Problems, outcome.Warnings, "checked");
        if (!outcome.Problems.IsEmpty)
        {
            return ExitCodes.BadInput;
        }

        Save(arguments, outcome);
        var report = new RouteCheckReport(
            arguments.GetValue(Details),
            arguments.GetValue(OnlyShowFailures),
            arguments.GetValue(FailUnder),
            arguments.GetValue(Comprehensive),
            arguments.GetValue(DetailedCoverage)
        );
        var (lines, passed) = report.Write(outcome);
        foreach (var line in lines)
        {
            (line.IsError ? Console.Error : Console.Out).WriteLine(line.Text);
        }

        return passed ? ExitCodes.Fine : ExitCodes.ExpectationFailed;
    }

    private static void Save(ParseResult arguments, RouteCheckOutcome outcome)
    {
        if (arguments.GetValue(Output) is not { } path)
        {
            return;
        }

        try
        {
            File.WriteAllBytes(path, outcome.ToBytes(arguments.GetValue(OnlyShowFailures)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BadInputException($"cannot write '{path}': {e.Message}", e);
        }
    }
}
