using System.CommandLine;
using MeshSim.ProxyRuntime.Config;
using MeshSim.ProxyRuntime.Live;

namespace MeshSim.Silo;

/// <summary>How commands are given a configuration: <c>-c FILE</c>, with <c>--config-yaml TEXT</c> merged over it.</summary>
internal sealed class ConfigInput
{
    private static readonly Option<string?> Path = new("--config-path", "-c") { Description = "Envoy bootstrap or /config_dump, YAML or JSON" };
    private static readonly Option<string?> Yaml = new("--config-yaml") { Description = "Bootstrap as text, merged over --config-path" };
    private static readonly Option<bool> AllowUnsupported = new("--allow-unsupported")
    {
        Description = "HTTP filters that are not supported let everything pass, with a warning each",
    };

    private ConfigInput(string text, string name, ConfigOverlay? overlay, bool allowsUnsupported)
    {
        Text = text;
        Name = name;
        Overlay = overlay;
        AllowsUnsupported = allowsUnsupported;
    }

    /// <summary>The document.</summary>
    public string Text { get; }

    /// <summary>Its file, or the option it was given with.</summary>
    public string Name { get; }

    /// <summary>What is merged over it; null for nothing.</summary>
    public ConfigOverlay? Overlay { get; }

    public bool AllowsUnsupported { get; }

    /// <summary>Lets a command take these options.</summary>
    public static void AddTo(Command command)
    {
        command.Options.Add(Path);
        command.Options.Add(Yaml);
        command.Options.Add(AllowUnsupported);
    }

    /// <exception cref="BadInputException">There is none, or it cannot be read.</exception>
    public static ConfigInput Read(ParseResult arguments)
    {
        var path = arguments.GetValue(Path);
        var yaml = arguments.GetValue(Yaml);
        var allowed = arguments.GetValue(AllowUnsupported);
        if (path is not null)
        {
            return new ConfigInput(InputFile.Read(path), path, yaml is null ? null : new ConfigOverlay(yaml), allowed);
        }

        return yaml is null
            ? throw new BadInputException("no configuration; give one with -c FILE or --config-yaml TEXT")
            : new ConfigInput(yaml, "--config-yaml", null, allowed);
    }

    /// <summary>As <see cref="Load"/>, with the endpoints of EDS clusters as they stand in their files now; what is wrong with those is a warning.</summary>
    public ConfigResult LoadSettled()
    {
        var result = Load();
        if (result.Snapshot is null)
        {
            return result;
        }

        var settled = SettledEndpoints.Of(result.Snapshot, new FileEnvironment(), out var found);
        return result with { Snapshot = settled, Warnings = [.. result.Warnings, .. found] };
    }

    /// <param name="forConnections">It is to run over sockets.</param>
    public ConfigResult Load(bool forConnections = false) =>
        BootstrapLoader.Load(Text, Name, Overlay, AllowsUnsupported, new FileEnvironment(), forConnections);
}
