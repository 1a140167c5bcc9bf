using System.Collections.Immutable;
using System.Globalization;
using MeshSim.ProxyRuntime.Config;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.Scenarios.Model;

/// <summary>Reads scenario files and the Envoy configurations they name; every problem of all of them is reported at once.</summary>
public sealed class ScenarioLoader
{
    private static readonly string[] Shapes = ["constant", "exponential", "lognormal"];
    private readonly List<ConfigProblem> problems = [];
    private readonly List<ConfigProblem> warnings = [];
    private readonly Func<string, string?> readFile;

    private ScenarioLoader(Func<string, string?> readFile) => this.readFile = readFile;

    /// <param name="text">The scenario file.</param>
    /// <param name="file">Its name, for messages.</param>
    /// <param name="readFile">Gives the text of a file named in the scenario, relative to it; null when there is none such.</param>
    public static ScenarioResult Load(string text, string file, Func<string, string?> readFile)
    {
        if (DocumentReader.Read(text, file, out var problem) is not { } root)
        {
            return new ScenarioResult(null, [problem!], []);
        }

        var loader = new ScenarioLoader(readFile);
        var scenario = loader.Read(new FieldReader(root, "", loader.problems));
        return new ScenarioResult(loader.problems.Count == 0 ? scenario : null, [.. loader.problems], [.. loader.warnings]);
    }

    private Scenario Read(FieldReader root)
    {
        var duration = root.DurationNs("duration");
        var scenario = new Scenario
        {
            Name = root.Text("name"),
            Description = root.Text("description", ""),
            Seed = Seed(root),
            DurationNs = duration,
            WarmUpNs = root.DurationNs("warm_up", "0s"),
            Network = Network(root),
            Proxies = Each(root, "proxies", Proxy),
            Services = Each(root, "services", Service),
            Load = Each(root, "load", fields => Load(fields, duration)),
            Faults = Each(root, "faults", fields => FaultReader.Read(fields, duration, problems), required: false),
            Expectations = Expectations(root),
        };
        var changes = Each(root, "endpoints", fields => EndpointChangeReader.Read(fields, scenario.Proxies, problems, warnings), required: false);
        scenario = scenario with { EndpointChanges = EndpointChangeReader.Ordered(root, changes, scenario.Proxies) };
        root.End();
        Check(root, scenario);
        return scenario;
    }

    private static ulong? Seed(FieldReader root)
    {
        var text = root.Text("seed", "");
        if (text.Length == 0)
        {
            return null;
        }

        if (ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seed))
        {
            return seed;
        }

        root.Problem("seed", $"'{text}' is not accepted; accepted is a whole number from 0");
        return null;
    }

    private NetworkModel Network(FieldReader root)
    {
        if (root.Node("network") is not { } node)
        {
            return new NetworkModel(50_000, 0);
        }

        var fields = new FieldReader(node, root.At("network"), problems);
        var network = new NetworkModel(fields.DurationNs("latency_floor", "50us"), fields.DurationNs("latency_mean", "0us"));
        if (network.LatencyFloorNs <= 0)
        {
            fields.Problem("latency_floor", "must be above 0; partitions run apart by no more than this");
        }

        fields.End();
        return network;
    }

    private ProxyRole Proxy(FieldReader fields)
    {
        var name = fields.Text("name");
        var path = fields.Text("config", "");
        var inline = fields.Text("config_inline", "");
        var text = inline;
        if (path.Length > 0 == inline.Length > 0)
        {
            fields.Problem(path.Length > 0 ? "config_inline" : "config", "give one of 'config' (a file) and 'config_inline' (Envoy configuration as text)");
        }
        else if (path.Length > 0 && readFile(path) is var found)
        {
            text = found ?? "";
            if (text.Length == 0)
            {
                fields.Problem("config", found is null ? $"cannot read '{path}'" : $"'{path}' is empty; accepted is Envoy configuration");
            }
        }

        // What cannot be read at all has been told.
        var result =
            text.Length == 0
                ? new ConfigResult(null, [], [])
                : BootstrapLoader.Load(text, path.Length > 0 ? path : $"{fields.Place.File}({fields.At("config_inline")})");
        problems.AddRange(result.Problems);
        warnings.AddRange(result.Warnings);
        if (result.Snapshot is { Listeners: [] } && text.Length > 0)
        {
            fields.Problem(path.Length > 0 ? "config" : "config_inline", "the configuration has no listener, so no load can reach it");
        }

        return new ProxyRole(
            name,
            result.Snapshot ?? new ProxySnapshot(),
            text,
            fields.Integer("concurrency", 1, 1, 1024),
            fields.Integer("replicas", 1, 1, 10_000)
        );
    }

    private ServiceRole Service(FieldReader fields) =>
        new(
            fields.Text("name"),
            fields.Integer("port", 80, 1, 65_535),
            fields.Integer("replicas", 1, 1, 10_000),
            fields.Integer("workers", 1, 1, 100_000),
            ReadServiceTime(fields),
            fields.Integer("response_bytes", 100, 0, int.MaxValue)
        )
        {
            Address = Address(fields),
            OverheadNs = fields.DurationNs("overhead", "0s"),
            DnsTtlS = (uint)fields.Integer("dns_ttl_s", 0, 0, int.MaxValue),
            HandshakeRoundTrips = fields.Integer("handshake_round_trips", 1, 1, 10),
        };

    private static string? Address(FieldReader fields)
    {
        var text = fields.Text("address", "");
        if (text.Length == 0)
        {
            return null;
        }

        if (System.Net.IPAddress.TryParse(text, out _) && fields.Integer("replicas", 1, 1, 10_000) == 1)
        {
            return text;
        }

        fields.Problem("address", $"'{text}' is not accepted; accepted is an IP address, of a service with one replica");
        return null;
    }

    private ServiceTime ReadServiceTime(FieldReader fields)
    {
        if (fields.Node("service_time") is not { } node)
        {
            fields.Problem("service_time", "this field is required, for example service_time: {exponential: 20ms}");
            return new ServiceTime(ServiceTimeShape.Constant, 0);
        }

        var shape = new FieldReader(node, fields.At("service_time"), problems);
        var given = Shapes.Where(name => shape.Node(name) is not null).ToArray();
        if (given.Length != 1)
        {
            shape.Problem(node.Place, shape.Path, "give one of constant, exponential, lognormal");
            return new ServiceTime(ServiceTimeShape.Constant, 0);
        }

        var sigma = shape.Number("sigma", 1, min: 0, max: 5);
        var mean = shape.DurationNs(given[0]);
        shape.End();
        return new ServiceTime(Enum.Parse<ServiceTimeShape>(given[0], ignoreCase: true), mean, sigma);
    }

    private LoadModel Load(FieldReader fields, long duration) =>
        new(
            fields.Text("to"),
            fields.Rate("rate"),
            fields.DurationNs("from", "0s"),
            fields.Node("until") is null ? duration : fields.DurationNs("until"),
            fields.Text("method", "GET"),
            fields.Text("path", "/"),
            fields.Text("host", "svc.local"),
            fields.DurationNs("timeout", "20s")
        )
        {
            Zipf = ZipfReader.Read(fields, problems),
        };

    private static ImmutableArray<Expectation> Expectations(FieldReader root)
    {
        var built = ImmutableArray.CreateBuilder<Expectation>();
        foreach (var item in root.List("expectations"))
        {
            if (item is ConfigScalar scalar && ExpectationText.Parse(scalar.Text) is { } expectation)
            {
                built.Add(expectation);
            }
            else
            {
                root.Problem(
                    item.Place,
                    root.At("expectations"),
                    $"'{(item as ConfigScalar)?.Text}' is not accepted; accepted are lines such as 'success_rate >= 99%' and 'p99 <= 250ms'"
                );
            }
        }

        return built.ToImmutable();
    }

    private ImmutableArray<T> Each<T>(FieldReader root, string name, Func<FieldReader, T> read, bool required = true)
    {
        var built = ImmutableArray.CreateBuilder<T>();
        foreach (var (item, index) in root.List(name, required).Select(static (item, index) => (item, index)))
        {
            var fields = new FieldReader(item, string.Create(CultureInfo.InvariantCulture, $"{root.At(name)}[{index}]"), problems);
            built.Add(read(fields));
            fields.End();
        }

        return built.ToImmutable();
    }

    /// <summary>What the parts demand of each other.</summary>
    private void Check(FieldReader root, Scenario scenario)
    {
        if (scenario.DurationNs <= 0 && !problems.Exists(static problem => problem.Path == "duration"))
        {
            root.Problem("duration", "must be above 0");
        }

        if (scenario.WarmUpNs >= scenario.DurationNs && scenario.DurationNs > 0)
        {
            root.Problem("warm_up", "must be shorter than the duration");
        }

        foreach (
            var twice in scenario
                .Proxies.Select(static p => p.Name)
                .Concat(scenario.Services.Select(static s => s.Name))
                .GroupBy(static n => n, StringComparer.Ordinal)
                .Where(static g => g.Count() > 1)
        )
        {
            root.Problem(root.Place, twice.Key, $"the name '{twice.Key}' is used twice");
        }

        foreach (var load in scenario.Load.Where(load => scenario.Proxies.All(proxy => proxy.Name != load.To)))
        {
            root.Problem("load", $"unknown proxy '{load.To}'{NearestWord.Suggest(load.To, scenario.Proxies.Select(static p => p.Name))}");
        }

        if (ProxyProtocols.FirstUnspoken(scenario.Proxies) is { } unspoken)
        {
            root.Problem("proxies", unspoken);
        }

        foreach (var fault in scenario.Faults)
        {
            var service = scenario.Services.FirstOrDefault(service => service.Name == fault.Service);
            if (service is null)
            {
                root.Problem("faults", $"unknown service '{fault.Service}'{NearestWord.Suggest(fault.Service, scenario.Services.Select(static s => s.Name))}");
            }
            else if (fault.Replicas.Any(replica => replica >= service.Replicas))
            {
                root.Problem("faults", $"service '{service.Name}' has replicas 0 to {service.Replicas - 1}");
            }
        }
    }
}
