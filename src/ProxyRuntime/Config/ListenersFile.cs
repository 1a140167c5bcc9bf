using System.Collections.Immutable;
using System.Text;
using Envoy.Config.Listener.V3;
using Envoy.Service.Discovery.V3;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>Reads the file that the listeners of a proxy stand in: a DiscoveryResponse with all of them.</summary>
/// <remarks>
/// What is misspelt or against the rule of its field has the whole file refused; what does not fit together only its listener. The bootstrap is
/// read anew each time, for listeners refer to its clusters and secrets.
/// </remarks>
public sealed class ListenersFile
{
    private readonly ConfigNode bootstrap;
    private readonly FileSourceSnapshot source;
    private readonly ConfigEnvironment environment;
    private readonly bool allowUnsupported;

    internal ListenersFile(ConfigNode bootstrap, FileSourceSnapshot source, ConfigEnvironment? environment, bool allowUnsupported)
    {
        this.bootstrap = bootstrap;
        this.source = source;
        this.environment = environment ?? ConfigEnvironment.None;
        this.allowUnsupported = allowUnsupported;
    }

    /// <summary>Its name, for messages.</summary>
    public string Path => source.Path;

    /// <summary>Reads it as it is now.</summary>
    /// <param name="current">The listeners that the proxy has.</param>
    public ListenersResult Read(ImmutableArray<ListenerSnapshot> current) =>
        environment.ReadFile(source.Path, 0, out var error) is { } content
            ? Load(Encoding.UTF8.GetString(content), current)
            : new ListenersResult(ListenersAnswer.Failure, [new ConfigProblem(source.Path, 0, 0, "", error!)], []);

    /// <param name="text">What stands in the file.</param>
    public ListenersResult Load(string text, ImmutableArray<ListenerSnapshot> current)
    {
        if (DocumentReader.Read(text, source.Path, out var problem) is not { } root)
        {
            return new ListenersResult(ListenersAnswer.Failure with { Text = text }, [problem!], []);
        }

        var map = new SourceMap(environment, allowUnsupported);
        var boot = ConfigDocument.Read(bootstrap, map);
        var response = (DiscoveryResponse)new ProtoReader(map).ReadMessage(DiscoveryResponse.Descriptor, root, ConfigPath.Root);
        var listeners = Listeners(map, response);
        ConstraintTable.Check(map);
        if (Own(map.Problems).Any())
        {
            return Result(map, ListenersAnswer.Rejection with { Text = text });
        }

        CodeChecks.Check(map, boot);
        var context = SnapshotBuilder.Context(map, boot, forConnections: true, map.Contents.Under(response));
        var built = new ListenersFileBuilder(context, current).BuildAll(listeners);
        var fine = built.Where((_, i) => !IsRefused(map, i)).OfType<ListenerSnapshot>().ToImmutableArray();
        ModelledFields.WarnOfOthers(map);
        var outcome = fine.Length == listeners.Count ? ListenersOutcome.Accepted : ListenersOutcome.PartlyRefused;
        var names = listeners.Select(static listener => ListenerBuilder.NameOf(listener)).ToImmutableArray();
        return Result(map, new ListenersAnswer(outcome, response.VersionInfo, names, fine) { Text = text });
    }

    private static List<Listener> Listeners(SourceMap map, DiscoveryResponse response)
    {
        var found = new List<Listener>();
        for (var i = 0; i < response.Resources.Count; i++)
        {
            if (map.Content(response.Resources[i]) is Listener listener)
            {
                found.Add(listener);
            }
            else if (!map.IsRefused(response.Resources[i]))
            {
                var type = ConfigTypes.NameOf(response.Resources[i].TypeUrl);
                map.Problem(response, "resources", i, $"'{type}' does not match {Listener.Descriptor.FullName}, which alone is accepted here");
            }
        }

        return found;
    }

    private bool IsRefused(SourceMap map, int listener)
    {
        var path = ConfigPath.Root.Field("resources").Item(listener).ToString();
        return Own(map.Problems)
            .Any(problem =>
                problem.Path.StartsWith(path, StringComparison.Ordinal) && (problem.Path.Length == path.Length || problem.Path[path.Length] is '.' or '[')
            );
    }

    private ListenersResult Result(SourceMap map, ListenersAnswer answer) =>
        new(answer, BootstrapLoader.Sorted(Own(map.Problems)), BootstrapLoader.Sorted(Own(map.Warnings)));

    private IEnumerable<ConfigProblem> Own(IEnumerable<ConfigProblem> problems) =>
        problems.Where(problem => string.Equals(problem.File, source.Path, StringComparison.Ordinal));
}

/// <summary>What came of the file with the listeners of a proxy.</summary>
/// <param name="Answer">What the core is told.</param>
public sealed record ListenersResult(ListenersAnswer Answer, ImmutableArray<ConfigProblem> Problems, ImmutableArray<ConfigProblem> Warnings)
    : ReadResult(Problems, Warnings);
