using System.Collections.Immutable;
using System.CommandLine;
using System.Net;
using System.Runtime.InteropServices;
using MeshSim.ProxyRuntime.Config;
using MeshSim.ProxyRuntime.Core;
using MeshSim.ProxyRuntime.Live;

namespace MeshSim.Silo;

/// <summary><c>meshsim proxy</c>: the live proxy, with Envoy's own flags.</summary>
internal static class ProxyCommand
{
    /// <summary>SIGUSR1 as Linux numbers it; .NET has no name for it.</summary>
    private const PosixSignal UserSignal = (PosixSignal)10;

    private static readonly Option<int> Concurrency = new("--concurrency")
    {
        Description = "Worker threads (default: one per processor)",
        DefaultValueFactory = _ => Environment.ProcessorCount,
    };
    private static readonly Option<string> Mode = new("--mode")
    {
        Description = "serve, or validate: check the configuration and exit",
        DefaultValueFactory = _ => "serve",
    };
    private static readonly Option<string?> ServiceNode = new("--service-node") { Description = "Overrides node.id" };
    private static readonly Option<string?> ServiceCluster = new("--service-cluster") { Description = "Overrides node.cluster" };
    private static readonly Option<int> DrainTime = new("--drain-time-s")
    {
        Description = "Seconds that requests may take after SIGTERM, and connections of listeners that are gone",
        DefaultValueFactory = _ => 600,
    };
    private static readonly Option<string> DrainStrategy = new("--drain-strategy")
    {
        Description = "gradual: ever more responses of a listener that is gone close their connections; immediate: all do",
        DefaultValueFactory = _ => "gradual",
    };
    private static readonly Option<int> FlushInterval = new("--file-flush-interval-msec")
    {
        Description = "Milliseconds that access log lines may wait in memory",
        DefaultValueFactory = _ => 100,
    };
    private static readonly Option<string> LogLevel = new("--log-level", "-l")
    {
        Description = "trace, debug, info, warning, error, critical or off",
        DefaultValueFactory = _ => "info",
    };
    private static readonly Option<string?> ComponentLogLevel = new("--component-log-level")
    {
        Description = "Accepted for Envoy's command lines; there is one level here",
    };
    private static readonly Option<string[]> Resolve = new("--resolve")
    {
        Description = "NAME:ADDRESS, stands in for DNS; may be given again",
        AllowMultipleArgumentsPerToken = false,
    };
    private static readonly Option<ulong?> Seed = new("--seed") { Description = "Seed of balancing, jitter and request ids" };
    private static readonly Option<string?> Record = new("--record") { Description = "File that takes every input and effect, for replay" };

    public static Command Create()
    {
        var command = new Command("proxy", "Run a live proxy from Envoy configuration")
        {
            Concurrency,
            Mode,
            ServiceNode,
            ServiceCluster,
            DrainTime,
            DrainStrategy,
            FlushInterval,
            LogLevel,
            ComponentLogLevel,
            Resolve,
            Seed,
            Record,
        };
        ConfigInput.AddTo(command);
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult arguments)
    {
        var validates = arguments.GetValue(Mode) == "validate";
        var warmUp = validates ? Task.FromResult(true) : Task.Run(static () => WarmUp.RunAsync(TimeSpan.FromSeconds(2)));
        var input = ReadInput(arguments);
        var result = input.Load(forConnections: true);
        var quiet = arguments.GetValue(LogLevel) is "error" or "critical" or "off";
        ConfigMessages.Print(result.Problems, quiet ? [] : result.Warnings);
        if (validates && result.AcceptedByEnvoy)
        {
            var limits = result.Problems.IsEmpty ? "" : " for Envoy; what is marked unsupported above does not run here yet";
            Console.WriteLine($"configuration '{input.Name}' OK{limits}");
            return ExitCodes.Fine;
        }

        if (result.Snapshot is not { } snapshot)
        {
            return ExitCodes.BadInput;
        }

        if (arguments.GetValue(Record) is not null && !IsAllInOneText(input, arguments))
        {
            throw new BadInputException(
                "--record keeps the configuration as one text; put what --config-yaml, --allow-unsupported, --service-node and --service-cluster change into it"
            );
        }

        try
        {
            _ = await warmUp.ConfigureAwait(false);
            if (snapshot.HasTls)
            {
                _ = await WarmUp.RunAsync(TimeSpan.FromSeconds(2), tls: true).ConfigureAwait(false);
            }

            return await ServeAsync(WithNode(snapshot, arguments), input.Text, Options(arguments, quiet) with { Listeners = result.Listeners }, quiet)
                .ConfigureAwait(false);
        }
        catch (LiveProxyStartException e)
        {
            throw new BadInputException(e.Message, e);
        }
    }

    private static async Task<int> ServeAsync(ProxySnapshot snapshot, string text, LiveProxyOptions options, bool quiet)
    {
        var terminate = new TaskCompletionSource();
        void OnSignal(PosixSignalContext context)
        {
            context.Cancel = true;
            _ = terminate.TrySetResult();
        }

        using var term = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);
        var proxy = await LiveProxy.StartAsync(snapshot, text, options).ConfigureAwait(false);
        await using (proxy.ConfigureAwait(false))
        {
            if (!quiet)
            {
                foreach (var (name, address) in proxy.Listeners)
                {
                    await Console.Error.WriteLineAsync($"listener '{name}' on {address}").ConfigureAwait(false);
                }

                await Console
                    .Error.WriteLineAsync(
                        $"{(proxy.Admin is null ? "no admin interface" : $"admin on {proxy.Admin}")}, {options.Concurrency} worker(s), seed {options.Seed}"
                    )
                    .ConfigureAwait(false);
            }

            // What starting took is not needed any more, and a proxy that has started allocates next to nothing: the memory is given back now or never.
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            using var reopen = PosixSignalRegistration.Create(UserSignal, context => Reopen(context, proxy));
            var ended = await Task.WhenAny(terminate.Task, proxy.QuitRequested, proxy.Failed).ConfigureAwait(false);
            await ended.ConfigureAwait(false);
            if (ended == terminate.Task)
            {
                await proxy.DrainAsync().ConfigureAwait(false);
            }
        }

        return ExitCodes.Fine;
    }

    private static void Reopen(PosixSignalContext context, LiveProxy proxy)
    {
        context.Cancel = true; // It would end the process.
        proxy.ReopenLogs();
    }

    private static ConfigInput ReadInput(ParseResult arguments)
    {
        var input = ConfigInput.Read(arguments);
        if (arguments.GetValue(DrainStrategy) is not ("gradual" or "immediate") and var strategy)
        {
            throw new BadInputException($"--drain-strategy {strategy} is not known; accepted: gradual, immediate");
        }

        return arguments.GetValue(Mode) is "serve" or "validate"
            ? input
            : throw new BadInputException($"--mode {arguments.GetValue(Mode)} is not known; accepted: serve, validate");
    }

    private static bool IsAllInOneText(ConfigInput input, ParseResult arguments) =>
        input is { Overlay: null, AllowsUnsupported: false } && arguments.GetValue(ServiceNode) is null && arguments.GetValue(ServiceCluster) is null;

    private static ProxySnapshot WithNode(ProxySnapshot snapshot, ParseResult arguments) =>
        snapshot with
        {
            Node = snapshot.Node with
            {
                Id = arguments.GetValue(ServiceNode) ?? snapshot.Node.Id,
                Cluster = arguments.GetValue(ServiceCluster) ?? snapshot.Node.Cluster,
            },
        };

    private static LiveProxyOptions Options(ParseResult arguments, bool quiet)
    {
        var concurrency = arguments.GetValue(Concurrency);
        var options = new LiveProxyOptions
        {
            Concurrency = concurrency > 0 ? concurrency : Environment.ProcessorCount,
            DrainTime = TimeSpan.FromSeconds(Math.Max(0, arguments.GetValue(DrainTime))),
            DrainsAtOnce = arguments.GetValue(DrainStrategy) == "immediate",
            FileFlushInterval = TimeSpan.FromMilliseconds(Math.Clamp(arguments.GetValue(FlushInterval), 1, 60_000)),
            Resolve = (arguments.GetValue(Resolve) ?? [])
                .Select(ParseResolve)
                .ToImmutableSortedDictionary(static r => r.Name, static r => r.Address, StringComparer.Ordinal),
            RecordPath = arguments.GetValue(Record),
            Report = found => ConfigMessages.Print(found.Problems, quiet ? [] : found.Warnings, "taken over", Outcome(found)),
        };
        return arguments.GetValue(Seed) is { } seed ? options with { Seed = seed } : options;
    }

    /// <summary>Listeners are refused one by one; null where nothing was taken over.</summary>
    private static string? Outcome(ReadResult found) =>
        found is ListenersResult { Answer.Listeners.Length: > 0 } ? "the listeners they are about stay as they were, others are taken over" : null;

    private static (string Name, string Address) ParseResolve(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon > 0 && IPAddress.TryParse(text.AsSpan(colon + 1), out _)
            ? (text[..colon], text[(colon + 1)..])
            : throw new BadInputException($"--resolve {text} is not of the form NAME:ADDRESS, for example httpbin:127.0.0.1");
    }
}
