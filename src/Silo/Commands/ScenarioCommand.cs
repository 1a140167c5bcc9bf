using System.CommandLine;
using MeshSim.Scenarios.Model;

namespace MeshSim.Silo;

/// <summary><c>meshsim scenario expand</c>: all that a scenario says, written out.</summary>
internal static class ScenarioCommand
{
    private static readonly Argument<string> Scenario = new("scenario") { Description = "Name of a scenario of the library, or a file" };

    public static Command Create()
    {
        var expand = new Command("expand", "Print a scenario with what it includes, its variables and its short form written out, and what was fitted")
        {
            Scenario,
            ScenarioOptions.Set,
        };
        expand.SetAction(Expand);
        return new Command("scenario", "Look at scenario files") { expand };
    }

    private static int Expand(ParseResult arguments)
    {
        var source = ScenarioSource.Open(arguments.GetValue(Scenario)!, arguments.GetValue(ScenarioOptions.Set));
        ConfigMessages.Print(source.Result.Problems, source.Result.Warnings);
        if (source.Result.Scenario is not { } scenario)
        {
            return ExitCodes.BadInput;
        }

        foreach (var (owner, fitted) in Fits(scenario))
        {
            Console.WriteLine($"# {owner}: {fitted.Report()}");
        }

        Console.Write(YamlText.Write(source.Result.Document!));
        return ExitCodes.Fine;
    }

    private static IEnumerable<(string Owner, FittedTime Fitted)> Fits(Scenario scenario) =>
        from service in scenario.Services
        from route in service.AllRoutes
        let fitted = route.ServiceTime as FittedTime
        where fitted is not null
        select ($"service_time of {service.Name}{route.Prefix}", fitted);
}
