using System.CommandLine;
using System.Globalization;
using MeshSim.ProxyRuntime.Config;
using MeshSim.Scenarios.Model;
using Spectre.Console;

namespace MeshSim.Silo;

/// <summary><c>meshsim import access-log</c>: a scenario made from what was logged.</summary>
internal static class ImportCommand
{
    private const int MostLinesShown = 10;

    private static readonly Argument<string> Log = new("log") { Description = "An access log of Envoy or istio-proxy; - for standard input" };
    private static readonly Option<string?> Format = new("--format")
    {
        Description =
            "envoy, istio, istio-json, a format string with its operators, or a JSON object of such strings; without it the formats of --config and these three are tried",
    };
    private static readonly Option<string?> Config = new("--config", "-c") { Description = "The proxy's configuration: Envoy bootstrap or /config_dump" };
    private static readonly Option<bool> AllowUnsupported = new("--allow-unsupported")
    {
        Description = "HTTP filters that are not supported let everything pass",
    };
    private static readonly Option<string> Times = new("--times")
    {
        Description = "Service times of the scenario: empirical, as they were measured, or fitted, a shape through their quantiles",
        DefaultValueFactory = static _ => "empirical",
    };
    private static readonly Option<string?> Name = new("--name") { Description = "The scenario's name; the log's without one" };
    private static readonly Option<string?> Out = new("--out") { Description = "Folder to write to; the scenario's name without one" };

    public static Command Create()
    {
        var accessLog = new Command("access-log", "Make a scenario from an access log: its requests as load, service times by cluster")
        {
            Log,
            Format,
            Config,
            AllowUnsupported,
            Times,
            Name,
            Out,
        };
        _ = Times.AcceptOnlyFromAmong("empirical", "fitted");
        accessLog.SetAction(AccessLog);
        return new Command("import", "Make scenarios from what was recorded") { accessLog };
    }

    private static int AccessLog(ParseResult arguments)
    {
        if (ReadConfig(arguments, out var config) is { } exit)
        {
            return exit;
        }

        var file = arguments.GetValue(Log)!;
        var log = Scenarios.Model.AccessLog.Read(file == "-" ? Console.In.ReadToEnd() : InputFile.Read(file), Formats(arguments, config));
        TellUnread(file, log);
        if (log.Requests.IsEmpty)
        {
            throw new BadInputException(
                $"'{file}' has no request that could be read, of {log.Lines} lines, in the format nearest to it ({log.Format.Name}); say with --format how its lines are written"
            );
        }

        var name = arguments.GetValue(Name) ?? (file == "-" ? "access-log" : Path.GetFileNameWithoutExtension(file));
        var import = LogImport.Of(log, config, name, arguments.GetValue(Times) == "fitted");
        var folder = arguments.GetValue(Out) ?? name;
        Write(folder, import);
        Tell(log, import, folder);
        return ExitCodes.Fine;
    }

    /// <returns>An exit code where there is one that cannot be used.</returns>
    private static int? ReadConfig(ParseResult arguments, out ImportedConfig? config)
    {
        config = null;
        if (arguments.GetValue(Config) is not { } file)
        {
            return null;
        }

        var text = InputFile.Read(file);
        var allowed = arguments.GetValue(AllowUnsupported);
        var result = BootstrapLoader.Load(text, file, allowUnsupported: allowed);
        ConfigMessages.Print(result.Problems, result.Warnings, "imported");
        if (result.Snapshot is not { } snapshot)
        {
            return ExitCodes.BadInput;
        }

        var name = Path.GetFileName(file);
        config = new ImportedConfig(name is "scenario.yaml" or "requests.trace" ? "proxy-" + name : name, text, snapshot, allowed);
        return null;
    }

    /// <summary>The format that is given, or those of the configuration and the usual ones.</summary>
    private static LogFormat[] Formats(ParseResult arguments, ImportedConfig? config)
    {
        if (arguments.GetValue(Format) is { } text)
        {
            return [LogFormat.TryCreate(text, out var error) ?? throw new BadInputException($"--format: {error}")];
        }

        var configured =
            from listener in config?.Snapshot.Listeners ?? []
            from chain in listener.AllFilterChains
            from log in chain.ConnectionManager?.AccessLogs ?? []
            select LogFormat.Of(log.Format, $"that of listener '{listener.Name}'");
        return [.. configured.OfType<LogFormat>(), .. LogFormat.Usual];
    }

    /// <summary>Nothing is lost in silence: how many lines, and which.</summary>
    private static void TellUnread(string file, Scenarios.Model.AccessLog log)
    {
        foreach (var (line, problem) in log.Unread.Take(MostLinesShown))
        {
            Console.Error.WriteLine($"warning: {file}:{line}: {problem}");
        }

        if (!log.Unread.IsEmpty)
        {
            Console.Error.WriteLine(
                $"warning: {log.Unread.Length} of {log.Lines} lines left out: they are not in the format of the others ({log.Format.Name}){Rest(log.Unread.Length)}"
            );
        }

        if (!log.NotHttp.IsEmpty)
        {
            var numbers = string.Join(", ", log.NotHttp.Take(MostLinesShown));
            Console.Error.WriteLine(
                $"warning: {log.NotHttp.Length} of {log.Lines} lines left out: connections of TCP or tunnels, no requests; line {numbers}{Rest(log.NotHttp.Length)}"
            );
        }
    }

    private static string Rest(int count) => count > MostLinesShown ? $"; the first {MostLinesShown} are shown" : "";

    private static void Write(string folder, LogImport import)
    {
        try
        {
            _ = Directory.CreateDirectory(folder);
            foreach (var (name, text) in import.Files)
            {
                File.WriteAllText(Path.Combine(folder, name), text);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BadInputException($"cannot write to '{folder}': {e.Message}", e);
        }
    }

    private static void Tell(Scenarios.Model.AccessLog log, LogImport import, string folder)
    {
        var totals = import.Totals;
        var seconds = Math.Max(1e-3, totals.SpanNs / 1e9);
        var summary = new Table().Border(TableBorder.Rounded).AddColumns("in the log", "");
        void Row(string what, FormattableString value) => summary.AddRow(what, Markup.Escape(value.ToString(CultureInfo.InvariantCulture)));
        Row("format", $"{log.Format.Name}");
        Row("requests", $"{totals.Requests} in {seconds:0.0} s, {totals.Requests / seconds:0.0} a second");
        Row("success", $"{(totals.Success is { } success ? string.Create(CultureInfo.InvariantCulture, $"{100 * success:0.00} %") : "not logged")}");
        Row("duration", $"{Ms(totals.DurationMs(0.5), "p50")}, {Ms(totals.DurationMs(0.9), "p90")}, {Ms(totals.DurationMs(0.99), "p99")}");
        Row(
            "answers",
            $"{string.Join(", ", totals.Answers.Take(8).Select(static entry => $"{entry.Status}{(entry.Flags.Length > 0 ? " " + entry.Flags : "")}: {entry.Count}"))}"
        );
        AnsiConsole.Write(summary);

        var clusters = new Table().Border(TableBorder.Rounded).AddColumns("cluster", "requests", "times p50 / p99", "fitted", "at a time", "errors");
        foreach (var use in import.Uses)
        {
            clusters.AddRow([
                .. new[]
                {
                    use.Name,
                    $"{use.Requests}",
                    use.Times == 0 ? "none" : $"{Ns(use.QuantileNs(0.5))} / {Ns(use.QuantileNs(0.99))}",
                    Fit(use),
                    $"{use.MostAtOnce}",
                    $"{use.Errors}",
                }.Select(Markup.Escape),
            ]);
        }

        AnsiConsole.Write(clusters);
        foreach (var note in import.Notes)
        {
            Console.WriteLine($"note: {note}");
        }

        Console.WriteLine("note: how much more a host could do than in the log, the log does not say: 'workers' are as many as it had at a time");
        var scenario = Path.Combine(folder, "scenario.yaml");
        Console.WriteLine($"wrote {import.Files.Length} files to {folder}; now:");
        Console.WriteLine($"  ./meshsim run {scenario} --out {Path.Combine(folder, "as-it-was")}");
        Console.WriteLine($"  ./meshsim run {scenario} --set vars.load=2 --out {Path.Combine(folder, "twice")}");
        Console.WriteLine($"  ./meshsim sweep {scenario} --vary vars.load=1,1.5,2,3");
    }

    private static string Fit(ClusterUse use)
    {
        var points = use.Points();
        if (points.IsEmpty)
        {
            return "too few different times";
        }

        var nearer = FittedTime.Nearer(points);
        var worst = points.MaxBy(point => Math.Abs((nearer.QuantileNs(point.Share) / point.ValueNs) - 1));
        return string.Create(CultureInfo.InvariantCulture, $"{nearer.Shape}; at most {100 * nearer.Error:0.0} % off, at p{100 * worst.Share:0.##}");
    }

    private static string Ms(long? ms, string name) =>
        ms is { } known ? string.Create(CultureInfo.InvariantCulture, $"{name} {known} ms") : $"{name} not logged";

    private static string Ns(double ns) => string.Create(CultureInfo.InvariantCulture, $"{ns / 1e6:0.0} ms");
}
