using System.CommandLine;
using System.Globalization;
using MeshSim.ProxyRuntime.Config;
using MeshSim.ProxyRuntime.Core;
using MeshSim.ProxyRuntime.Live;

namespace MeshSim.Silo;

/// <summary><c>meshsim replay</c>: what a live proxy was told, told again to fresh machines. That they do the same shows that nothing but the core decides.</summary>
internal static class ReplayCommand
{
    private static readonly Argument<string> Recording = new("FILE") { Description = "What 'meshsim proxy --record FILE' wrote" };

    public static Command Create()
    {
        var command = new Command("replay", "Give a recorded run to fresh machines and compare what they do") { Recording };
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult arguments)
    {
        var path = arguments.GetValue(Recording)!;
        try
        {
            var header = RecordingHeader.Parse(File.ReadLines(path));
            var loaded = BootstrapLoader.Load(header.Configuration, $"{path} (configuration)", environment: new FileEnvironment(), forConnections: true);
            if (loaded.Snapshot is not { } snapshot)
            {
                ConfigMessages.Print(loaded.Problems, []);
                return ExitCodes.BadInput;
            }

            Func<string, ListenersAnswer>? listeners = loaded.Listeners is { } file ? text => file.Load(text, snapshot.Listeners).Answer : null;
            var replay = new Replay(header, snapshot, listeners);
            return Tell(replay.Run(File.ReadLines(path)), replay.Inputs, header);
        }
        catch (FormatException e)
        {
            throw new BadInputException($"'{path}' is no recording that can be replayed: {e.Message}", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BadInputException($"cannot read '{path}': {e.Message}", e);
        }
    }

    private static int Tell(ReplayDifference? difference, int inputs, RecordingHeader header)
    {
        var run = string.Create(CultureInfo.InvariantCulture, $"{inputs} inputs, {header.Concurrency} worker(s), seed {header.Seed}");
        if (difference is null)
        {
            Console.WriteLine($"{run}: the same effects and deadlines");
            return ExitCodes.Fine;
        }

        Console.WriteLine($"{run}: first difference in line {difference.Line.ToString(CultureInfo.InvariantCulture)}");
        Console.WriteLine($"  recorded  {difference.Recorded}");
        Console.WriteLine($"  replayed  {difference.Replayed}");
        return ExitCodes.ExpectationFailed;
    }
}
