using System.Text.Json.Nodes;
using MeshSim.ProxyRuntime.Config;
using MeshSim.ProxyRuntime.Core;
using MeshSim.Scenarios.Engine;

namespace MeshSim.Scenarios.Play;

/// <summary>Plays one case in virtual time and tells what could be observed, in the harness's form.</summary>
public sealed class CasePlayer
{
    private const long Second = MonotonicTime.NanosecondsPerSecond;
    private const long Millisecond = MonotonicTime.NanosecondsPerMillisecond;

    /// <summary>Until when the proxy must be ready.</summary>
    private const long ReadyLimitNs = 30 * Second;

    /// <summary>2026-01-01T00:00:00Z: the same wall time for every run whose certificates are valid then.</summary>
    private const long UsualEpochUnixNs = 1_767_225_600L * Second;

    private const string AccessLogPath = CaseEnvironment.Folder + "/access.log";

    private readonly PlayCase played;
    private readonly List<SeenRequest> seen = [];
    private readonly AccessLogLines accessLog = new();
    private readonly CaseEnvironment files;
    private readonly SortedDictionary<string, ScriptedEndpoint> endpoints = new(StringComparer.Ordinal);
    private readonly CasePki pki;
    private readonly long epochUnixNs;
    private WireSimulation simulation = null!;
    private SimulatedAdmin admin = null!;

    private CasePlayer(PlayCase played, CasePki pki)
    {
        this.played = played;
        this.pki = pki;
        epochUnixNs = Math.Max(UsualEpochUnixNs, pki.BeginUnixNs);
        files = new CaseEnvironment(played.Files);
    }

    /// <param name="seed">Seed of everything random.</param>
    /// <param name="pki">The certificates it names; null for none.</param>
    /// <returns>The record, in the form the harness writes with <c>--keep</c>.</returns>
    public static JsonObject Play(PlayCase played, ulong seed, CasePki? pki = null) => new CasePlayer(played, pki ?? CasePki.Empty).Play(seed);

    private JsonObject Play(ulong seed)
    {
        var text = pki.Fill(played.Config)
            .Replace("{access_log}", AccessLogPath, StringComparison.Ordinal)
            .Replace("{tmp}", CaseEnvironment.Folder, StringComparison.Ordinal);
        var loaded = BootstrapLoader.Load(text, "bootstrap.json", environment: files, forConnections: true);
        if (played.Validate)
        {
            return new JsonObject { ["ready"] = loaded.AcceptedByEnvoy, ["says"] = Said(loaded) };
        }

        if (loaded.Snapshot is not { } snapshot)
        {
            return NotReady(exit: 2, Said(loaded));
        }

        if (played.Steps.OfType<OtherStep>().FirstOrDefault() is { } other)
        {
            return NotReady(exit: 2, $"a step '{other.Do}' is not played in virtual time");
        }

        if (snapshot.Listeners.IsEmpty && played.Steps.Any(static step => step is RequestStep or SeriesStep or BurstStep or RawStep))
        {
            return NotReady(exit: 2, "the configuration has no listener of its own: nothing can be sent to it in virtual time");
        }

        Start(snapshot with { LocalAddress = new NetworkAddress(Mask.OwnAddress, 0) }, seed);
        if (!simulation.RunUntil(ReadyLimitNs, () => admin.State == ServerState.Live))
        {
            return NotReady(exit: null, "not ready");
        }

        simulation.Run(played.SettleNs);
        var steps = new JsonArray();
        foreach (var step in played.Steps)
        {
            steps.Add(Take(step));
        }

        simulation.Run(played.LingerNs);
        return Record(steps);
    }

    private void Start(ProxySnapshot snapshot, ulong seed)
    {
        var clock = new WireClock();
        foreach (var endpoint in played.Endpoints)
        {
            endpoints[endpoint.Name] = new ScriptedEndpoint(endpoint, clock, seen, pki);
        }

        simulation = new WireSimulation(
            snapshot,
            [.. played.Endpoints.Select(endpoint => (new NetworkAddress("127.0.0.1", endpoint.Port), (IWireServer)endpoints[endpoint.Name]))],
            accessLog,
            seed,
            epochUnixNs,
            endpoints: new CaseEndpoints(files)
        );
        clock.Simulation = simulation;
        admin = new SimulatedAdmin(simulation, epochUnixNs);
    }

    private JsonObject Record(JsonArray steps)
    {
        var record = new JsonObject
        {
            ["ready"] = true,
            ["steps"] = steps,
            ["connections"] = played.Connections
                ? new JsonObject(endpoints.Select(static entry => KeyValuePair.Create(entry.Key, (JsonNode?)entry.Value.Connections)))
                : null,
        };
        if (!played.Stats.IsEmpty)
        {
            var values = admin
                .Get("GET", "/stats?usedonly")
                .Body.Split('\n')
                .Select(static line => line.Split(": ", 2))
                .Where(static line => line.Length == 2)
                .ToDictionary(static line => line[0], static line => line[1], StringComparer.Ordinal);
            record["stats"] = new JsonObject(
                played.Stats.Distinct(StringComparer.Ordinal).Select(name => KeyValuePair.Create(name, (JsonNode?)values.GetValueOrDefault(name, "0")))
            );
        }

        if (played.AccessLog)
        {
            record["access_log"] = new JsonArray([.. accessLog.Of(AccessLogPath).Select(static line => (JsonNode?)Mask.Ports(line))]);
        }

        return record;
    }

    private JsonObject Take(PlayStep step)
    {
        var mark = seen.Count;
        var told = new JsonObject { ["do"] = step.Do };
        switch (step)
        {
            case SleepStep sleep:
                simulation.Run(sleep.DurationNs);
                break;
            case StopStep stop:
                Endpoint(stop.Endpoint).Stop();
                break;
            case StartStep start:
                Endpoint(start.Endpoint).Start();
                break;
            case ScriptStep script:
                Endpoint(script.Endpoint).Replace(script.Script, script.Default);
                break;
            case FileStep file:
                Move(file);
                break;
            case AdminStep page:
                TellPage(told, page);
                break;
            case RequestStep request:
                TellRequest(told, request, mark);
                break;
            case SeriesStep series:
                TellSeries(told, series);
                break;
            case BurstStep burst:
                TellBurst(told, burst, mark);
                break;
            case RawStep raw:
                Merge(told, new RawExchange(simulation, 0, raw).Run());
                simulation.Run(50 * Millisecond);
                told["upstream"] = Upstream(seen.Skip(mark));
                break;
            default:
                throw new InvalidOperationException($"No step {step.Do}.");
        }

        return told;
    }

    /// <summary>Whoever watches the place reads the file again.</summary>
    private void Move(FileStep file)
    {
        files.Replace(file.Name, file.Content);
        var clusters = simulation.View.Snapshot.Clusters;
        for (var i = 0; i < clusters.Length; i++)
        {
            if (clusters[i].Eds is { Folder: CaseEnvironment.Folder } eds && eds.IsToldBy(file.Name))
            {
                simulation.EndpointsChanged(i);
            }
        }
    }

    private ScriptedEndpoint Endpoint(string name) =>
        endpoints.TryGetValue(name, out var endpoint) ? endpoint : throw new CaseFormatException($"case '{played.Name}': no endpoint '{name}'");

    private ClientExchange Send(PlayRequest request, long timeoutNs) => new(simulation, 0, request, timeoutNs, pki);

    private ClientExchange Finished(PlayRequest request, long timeoutNs)
    {
        var exchange = Send(request, timeoutNs);
        _ = simulation.RunUntil(long.MaxValue - 1, () => exchange.IsOver);
        return exchange;
    }

    private void TellRequest(JsonObject told, RequestStep step, int mark)
    {
        var exchange = Finished(step.Request, step.TimeoutNs);
        simulation.Run(step.AfterNs);
        var response = new JsonObject { ["headers"] = Mask.Headers(exchange.Headers), ["ms"] = exchange.Milliseconds };
        if (exchange.Status is { } status)
        {
            response["status"] = status;
        }

        if (exchange.Error is { } error)
        {
            response["error"] = error;
        }
        else
        {
            response["body"] = exchange.Body;
        }

        if (exchange.Tls is { } tls)
        {
            response["tls"] = tls;
        }

        var upstream = seen.Skip(mark);
        told["response"] = response;
        told["upstream"] = Upstream(
            step.Unordered
                ? upstream.OrderBy(static request => request.Endpoint, StringComparer.Ordinal).ThenBy(static request => request.Path, StringComparer.Ordinal)
                : upstream
        );
    }

    private void TellSeries(JsonObject told, SeriesStep step)
    {
        var answers = new List<string>();
        for (var i = 0; i < step.Count; i++)
        {
            var exchange = Finished(step.Request.Numbered(i), step.TimeoutNs);
            answers.Add(exchange.Status == 200 ? exchange.Body : Outcome(exchange));
            simulation.Run(step.GapNs);
        }

        told["answers"] = step.Exact ? new JsonArray([.. answers.Select(static answer => (JsonNode?)answer)]) : null;
        told["counts"] = Counts(answers);
    }

    private void TellBurst(JsonObject told, BurstStep step, int mark)
    {
        var exchanges = new List<ClientExchange>();
        for (var i = 0; i < step.Count; i++)
        {
            var request = step.Request.Numbered(i);
            simulation.After(i * step.GapNs, () => exchanges.Add(Send(request, step.TimeoutNs)));
        }

        _ = simulation.RunUntil(long.MaxValue - 1, () => exchanges.Count == step.Count && exchanges.TrueForAll(static exchange => exchange.IsOver));
        told["statuses"] = Counts(exchanges.Select(Outcome));
        told["upstream_requests"] = Counts(seen.Skip(mark).Select(static request => request.Endpoint));
    }

    private void TellPage(JsonObject told, AdminStep step)
    {
        var page = admin.Get(step.Method, step.Path);
        told["status"] = page.Status;
        told["content_type"] = page.ContentType;
        told["body"] = step.Grep is null
            ? page.Body
            : string.Join('\n', page.Body.Split('\n').Where(line => step.Grep.IsMatch(line)).Order(StringComparer.Ordinal));
    }

    private static string Outcome(ClientExchange exchange) =>
        exchange.Status?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? exchange.Error ?? "";

    private static JsonObject Counts(IEnumerable<string> names) =>
        new(names.GroupBy(static name => name, StringComparer.Ordinal).Select(static group => KeyValuePair.Create(group.Key, (JsonNode?)group.Count())));

    private static JsonArray Upstream(IEnumerable<SeenRequest> requests) => [.. requests.Select(Told)];

    private static JsonObject Told(SeenRequest request)
    {
        var told = new JsonObject
        {
            ["endpoint"] = request.Endpoint,
            ["method"] = request.Method,
            ["path"] = request.Path,
            ["headers"] = Mask.Headers(request.Headers),
            ["body"] = request.Body,
        };
        if (request.Tls is { } tls)
        {
            told["tls"] = new JsonObject
            {
                ["sni"] = tls.Client.Info!.ServerName is { Length: > 0 } name ? name : null,
                ["client"] = tls.Server.Info!.Peer?.CommonName,
                ["alpn"] = tls.Protocol,
                ["version"] = tls.Server.Info.Version,
            };
        }

        return told;
    }

    private static void Merge(JsonObject told, JsonObject more)
    {
        foreach (var (name, value) in more.ToArray())
        {
            _ = more.Remove(name);
            told[name] = value;
        }
    }

    private static JsonObject NotReady(int? exit, string said) =>
        new()
        {
            ["ready"] = false,
            ["exit"] = exit,
            ["output_tail"] = said,
            ["steps"] = new JsonArray(),
        };

    private static string Said(ConfigResult loaded) => string.Join('\n', loaded.Problems.Select(static problem => $"{problem.Path}: {problem.Message}"));
}
