using System.CommandLine;
using System.Globalization;
using MeshSim.ProxyRuntime.Admin;
using MeshSim.ProxyRuntime.Core;
using MeshSim.Scenarios.Results;

namespace MeshSim.Silo;

/// <summary><c>meshsim lb</c>: which share of a cluster's requests each endpoint gets.</summary>
internal static class LbCommand
{
    private const int MaxPicks = 100_000_000;
    private const int MaxActive = 1_000_000;

    private static readonly Option<string> ClusterName = new("--cluster") { Description = "The cluster", Required = true };
    private static readonly Option<string[]> Health = new("--health")
    {
        Description = "ENDPOINT=healthy, unhealthy, degraded, draining or ejected; an endpoint is address:port, address or hostname; may be given again",
        AllowMultipleArgumentsPerToken = true,
    };
    private static readonly Option<string[]> Active = new("--active")
    {
        Description = "ENDPOINT=N requests under way; may be given again",
        AllowMultipleArgumentsPerToken = true,
    };
    private static readonly Option<string[]> Metadata = new("--metadata")
    {
        Description = "KEY=VALUE that the requests have under envoy.lb: which subset; may be given again",
        AllowMultipleArgumentsPerToken = true,
    };
    private static readonly Option<int> Picks = new("--picks")
    {
        Description = "How many choices are made where shares cannot be computed",
        DefaultValueFactory = _ => BalanceQuestion.DefaultPicks,
    };
    private static readonly Option<ulong> Seed = new("--seed") { Description = "Of those choices" };
    private static readonly Option<string?> Chart = new("--chart") { Description = "File for a chart, .png or .svg" };
    private static readonly Option<bool> Json = new("--json") { Description = "For programs" };

    public static Command Create()
    {
        var command = new Command("lb", "Show which share of a cluster's requests each endpoint gets, and why: priorities, panic, localities, policy")
        {
            ClusterName,
            Health,
            Active,
            Metadata,
            Picks,
            Seed,
            Chart,
            Json,
        };
        ConfigInput.AddTo(command);
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult arguments)
    {
        var input = ConfigInput.Read(arguments);
        var result = input.LoadSettled();
        ConfigMessages.Print(result.Problems, result.Warnings, "shown");
        if (result.Snapshot is not { } snapshot)
        {
            return ExitCodes.BadInput;
        }

        var name = arguments.GetValue(ClusterName)!;
        var cluster =
            snapshot.Clusters.FirstOrDefault(cluster => cluster.Name == name)
            ?? throw new BadInputException($"--cluster {name}: {input.Name} has no such cluster; there {Listed(snapshot.Clusters.Select(static c => c.Name))}");
        var balance = BalanceExplainer.Explain(snapshot, cluster, Question(arguments, cluster));
        Save(arguments.GetValue(Chart), balance);
        Console.Write(arguments.GetValue(Json) ? BalanceJson.Write(balance) + Environment.NewLine : BalanceText.Write(balance));
        return ExitCodes.Fine;
    }

    private static BalanceQuestion Question(ParseResult arguments, ClusterSnapshot cluster)
    {
        var picks = arguments.GetValue(Picks);
        if (picks is < 1 or > MaxPicks)
        {
            throw new BadInputException($"--picks {picks} is not accepted; accepted are 1 to {MaxPicks}");
        }

        var metadata = (arguments.GetValue(Metadata) ?? []).Select(static text => Pair("--metadata", text, "KEY=VALUE")).ToArray();
        return new BalanceQuestion
        {
            Conditions =
            [
                .. (arguments.GetValue(Health) ?? []).SelectMany(text =>
                {
                    var (endpoint, word) = Pair("--health", text, "ENDPOINT=HEALTH");
                    return Endpoints("--health", text, endpoint, cluster).Select(place => (place, Condition(text, word)));
                }),
            ],
            Active =
            [
                .. (arguments.GetValue(Active) ?? []).SelectMany(text =>
                {
                    var (endpoint, number) = Pair("--active", text, "ENDPOINT=N");
                    return Endpoints("--active", text, endpoint, cluster).Select(place => (place, Requests(text, number)));
                }),
            ],
            Metadata =
                metadata.Length == 0 ? null : MetadataValue.Of(metadata.Select(static pair => KeyValuePair.Create(pair.Name, MetadataValue.Of(pair.Value)))),
            Picks = picks,
            Seed = arguments.GetValue(Seed),
        };
    }

    private static (string Name, string Value) Pair(string option, string text, string form) =>
        text.LastIndexOf('=') is > 0 and var at && at < text.Length - 1
            ? (text[..at], text[(at + 1)..])
            : throw new BadInputException($"{option} {text}: accepted is {form}");

    /// <summary>The places of the endpoints that are meant.</summary>
    private static IEnumerable<int> Endpoints(string option, string text, string wanted, ClusterSnapshot cluster)
    {
        var places = Enumerable.Range(0, cluster.Endpoints.Length).Where(place => IsMeant(cluster.Endpoints[place], wanted)).ToArray();
        return places.Length > 0
            ? places
            : throw new BadInputException(
                $"{option} {text}: cluster '{cluster.Name}' has no endpoint '{wanted}'; there {Listed(cluster.Endpoints.Select(static e => new NetworkAddress(e.Address, e.Port).Text))}"
            );
    }

    private static bool IsMeant(EndpointSnapshot endpoint, string wanted) =>
        endpoint.Address == wanted
        || (endpoint.Hostname.Length > 0 && endpoint.Hostname == wanted)
        || new NetworkAddress(endpoint.Address, endpoint.Port).Text == wanted;

    private static HostCondition Condition(string text, string word) =>
        Enum.GetValues<HostCondition>()
            .Where(condition => condition.ToString().Equals(word, StringComparison.OrdinalIgnoreCase))
            .Select(static c => (HostCondition?)c)
            .FirstOrDefault()
        ?? throw new BadInputException($"--health {text}: '{word}' is no health; accepted are healthy, unhealthy, degraded, draining, ejected");

    private static int Requests(string text, string number) =>
        int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var requests) && requests <= MaxActive
            ? requests
            : throw new BadInputException($"--active {text}: '{number}' is no number of requests; accepted are 0 to {MaxActive}");

    private static string Listed(IEnumerable<string> names)
    {
        var all = names.ToArray();
        const int most = 20;
        return all.Length switch
        {
            0 => "are none",
            1 => $"is '{all[0]}'",
            _ => $"are {string.Join(", ", all.Take(most).Select(static name => $"'{name}'"))}{(all.Length > most ? $" and {all.Length - most} more" : "")}",
        };
    }

    private static void Save(string? path, ClusterBalance balance)
    {
        if (path is null)
        {
            return;
        }

        var height = BalanceChart.Height(balance);
        try
        {
            var plot = BalanceChart.Draw(balance, ShareInterval.Of);
            switch (Path.GetExtension(path).ToLowerInvariant())
            {
                case ".png":
                    _ = plot.SavePng(path, BalanceChart.Width, height);
                    break;
                case ".svg":
                    _ = plot.SaveSvg(path, BalanceChart.Width, height);
                    break;
                default:
                    throw new BadInputException($"--chart {path}: accepted are names that end in .png or .svg");
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NoFontException)
        {
            throw new BadInputException($"--chart {path}: {e.Message}", e);
        }
    }
}
