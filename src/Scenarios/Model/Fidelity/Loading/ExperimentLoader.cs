using System.Collections.Immutable;
using System.Globalization;
using MeshSim.ProxyRuntime.Config;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.Scenarios.Model;

/// <summary>Reads experiment files; every problem is reported at once, with its place.</summary>
public sealed class ExperimentLoader
{
    private const long Second = MonotonicTime.NanosecondsPerSecond;

    /// <summary>The client of an experiment gives up after this.</summary>
    private const long ClientTimeoutNs = 20 * Second;

    /// <summary>Virtual time after the last request could have been given up, so that everything is counted.</summary>
    private const long LingerNs = Second;

    /// <summary>Longer load is refused: a simulation of hours is no experiment.</summary>
    private const double MaxSeconds = 86_400;

    private readonly List<ConfigProblem> problems = [];
    private readonly List<ConfigProblem> warnings = [];
    private readonly ConfigEnvironment? environment;

    private ExperimentLoader(ConfigEnvironment? environment) => this.environment = environment;

    /// <param name="text">The experiment file, JSON or YAML.</param>
    /// <param name="file">Its name, for messages.</param>
    /// <param name="environment">The files and variables its configurations may refer to; null for none.</param>
    public static ExperimentResult Load(string text, string file, ConfigEnvironment? environment = null)
    {
        if (DocumentReader.Read(text, file, out var problem) is not { } root)
        {
            return new ExperimentResult(null, [problem!], []);
        }

        var loader = new ExperimentLoader(environment);
        var experiment = loader.Read(new FieldReader(root, "", loader.problems));
        return new ExperimentResult(loader.problems.Count == 0 ? experiment : null, [.. loader.problems], [.. loader.warnings]);
    }

    private Experiment Read(FieldReader root)
    {
        var name = root.Text("name");
        if (name.Length > 0 && name.Any(static c => !char.IsAsciiLetterOrDigit(c) && c is not ('_' or '-' or '.')))
        {
            root.Problem("name", $"'{name}' is no name of an experiment; accepted are letters, digits, '-', '_' and '.'");
        }

        var calibration = ReadCalibration(root);
        var proxies = ReadProxies(root);
        var servers = root.Entries("servers", required: true)
            .Select(entry => ServerReader.Read(entry.Key, new FieldReader(entry.Value, $"servers.{entry.Key}", problems), calibration, problems))
            .ToArray();
        var load = ReadLoad(root);
        var setUp = new Scenario
        {
            Name = name,
            Description = root.Text("doc", ""),
            DurationNs = load.Select(static window => window.UntilNs).DefaultIfEmpty().Max() + ClientTimeoutNs + LingerNs,
            Network = new NetworkModel(calibration.LinkNs, 0),
            Proxies = proxies,
            Services = [.. servers.Select(static server => server.Service)],
            Load = load,
            Faults = [.. servers.SelectMany(static server => server.Faults)],
        };
        CheckNames(root, setUp);
        if (ProxyProtocols.FirstUnspoken(setUp.Proxies) is { } unspoken)
        {
            root.Problem("config", unspoken);
        }

        var runs = root.List("runs", required: true)
            .Select((node, i) => RunReader.Read(new FieldReader(node, Indexed("runs", i), problems), setUp, problems))
            .ToImmutableArray();
        root.End();
        return new Experiment(name, setUp.Description, setUp, runs);
    }

    private Calibration ReadCalibration(FieldReader root)
    {
        if (root.Node("calibration") is not { } node)
        {
            return Calibration.Default;
        }

        var fields = new FieldReader(node, root.At("calibration"), problems);
        var calibration = new Calibration(
            Nanoseconds(fields.Number("timer_lateness_ms", Calibration.Default.TimerLatenessNs / 1e6, min: 0, max: 1e3), 1e6),
            Nanoseconds(fields.Number("outside_ms", Calibration.Default.OutsideNs / 1e6, min: 0, max: 1e3), 1e6)
        );
        fields.End();
        return calibration;
    }

    private ImmutableArray<ProxyRole> ReadProxies(FieldReader root)
    {
        var proxies = ImmutableArray.CreateBuilder<ProxyRole>();
        if (root.Node("config") is { } config)
        {
            proxies.Add(Proxy(Experiment.OuterProxy, config, "config"));
        }
        else
        {
            root.Problem("config", "this field is required: the bootstrap of the proxy");
        }

        foreach (var entry in root.Entries("inner"))
        {
            proxies.Add(Proxy(entry.Key, entry.Value, $"inner.{entry.Key}"));
        }

        var listeners = proxies.SelectMany(static proxy => proxy.Snapshot.Listeners).Select(static listener => listener.Address?.Text).OfType<string>();
        foreach (var twice in listeners.GroupBy(static text => text, StringComparer.Ordinal).Where(static group => group.Count() > 1))
        {
            root.Problem("inner", $"two proxies listen at {twice.Key}");
        }

        return proxies.ToImmutable();
    }

    private ProxyRole Proxy(string name, ConfigNode config, string path)
    {
        var result = BootstrapLoader.Load(config, environment);
        problems.AddRange(result.Problems.Select(problem => problem with { Path = $"{path}.{problem.Path}" }));
        warnings.AddRange(result.Warnings.Select(warning => warning with { Path = $"{path}.{warning.Path}" }));
        if (result.Snapshot is { Listeners: [] })
        {
            problems.Add(new ConfigProblem(config.Place.File, config.Place.Line, config.Place.Column, path, "the configuration has no listener"));
        }
        else if (result.Snapshot is { } snapshot && TcpListeners.FirstUnspoken(snapshot) is { } unspoken)
        {
            problems.Add(new ConfigProblem(config.Place.File, config.Place.Line, config.Place.Column, path, unspoken));
        }

        return new ProxyRole(name, result.Snapshot ?? new ProxySnapshot(), "", Concurrency: 1, Replicas: 1);
    }

    private ImmutableArray<LoadModel> ReadLoad(FieldReader root)
    {
        var zipf = ZipfReader.Read(root);
        return [.. root.List("load", required: true).Select((node, i) => ReadWindow(new FieldReader(node, Indexed("load", i), problems), zipf))];
    }

    private static LoadModel ReadWindow(FieldReader fields, ZipfHeader? zipf)
    {
        var from = fields.Number("from", 0, min: 0, max: MaxSeconds);
        var to = fields.Number("to", null, max: MaxSeconds, above: from);
        var window = new LoadModel(
            Experiment.OuterProxy,
            fields.Number("rps", null, min: 0, max: 1e6),
            Nanoseconds(from, Second),
            Nanoseconds(to, Second),
            "GET",
            "/",
            "svc",
            ClientTimeoutNs
        )
        {
            Zipf = ZipfReader.Read(fields) ?? zipf,
        };
        fields.End();
        return window;
    }

    private static void CheckNames(FieldReader root, Scenario setUp)
    {
        var names = setUp.Proxies.Select(static proxy => proxy.Name).Concat(setUp.Services.Select(static service => service.Name));
        foreach (var twice in names.GroupBy(static name => name, StringComparer.Ordinal).Where(static group => group.Count() > 1))
        {
            root.Problem("servers", $"the name '{twice.Key}' is used twice; the outer proxy has the name '{Experiment.OuterProxy}'");
        }

        var addresses = setUp.Services.Select(static service => new NetworkAddress(service.Addresses[0], service.Port).Text);
        foreach (var twice in addresses.GroupBy(static text => text, StringComparer.Ordinal).Where(static group => group.Count() > 1))
        {
            root.Problem("servers", $"two servers listen at {twice.Key}");
        }
    }

    private static string Indexed(string name, int index) => string.Create(CultureInfo.InvariantCulture, $"{name}[{index}]");

    internal static long Nanoseconds(double value, double unitNs) => (long)Math.Round(value * unitNs);
}
