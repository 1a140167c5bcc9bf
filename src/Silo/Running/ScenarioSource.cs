using MeshSim.Grains.Contracts;
using MeshSim.ProxyRuntime.Config;
using MeshSim.Scenarios.Library;
using MeshSim.Scenarios.Model;

namespace MeshSim.Silo;

/// <summary>A scenario with the texts it was made of: a file of the user's, or one of the library by name.</summary>
internal sealed record ScenarioSource(string File, string Text, Dictionary<string, string> Files, ScenarioResult Result)
{
    /// <param name="settings">Values of <c>--set</c>, each <c>path=value</c>.</param>
    /// <exception cref="BadInputException">There is no such scenario, or a setting is none.</exception>
    public static ScenarioSource Open(string nameOrPath, IEnumerable<string>? settings = null)
    {
        var libraryFile = ScenarioLibrary.FileName(nameOrPath);
        var inLibrary = ScenarioLibrary.Read(libraryFile);
        if (inLibrary is null && !System.IO.File.Exists(nameOrPath))
        {
            throw new BadInputException(
                $"no scenario '{nameOrPath}': there is no such file, and none of that name among those that 'meshsim list' shows{NearestWord.Suggest(nameOrPath, ScenarioLibrary.Names)}"
            );
        }

        var folder = Path.GetDirectoryName(Path.GetFullPath(nameOrPath))!;
        return inLibrary is null
            ? Load(InputFile.Read(nameOrPath), nameOrPath, name => ReadBeside(folder, name), settings)
            : Load(inLibrary, libraryFile, name => ScenarioLibrary.ReadBeside(libraryFile, name), settings);
    }

    /// <summary>A scenario that is there as text; files it names are in a folder.</summary>
    /// <exception cref="BadInputException">A setting is none.</exception>
    public static ScenarioSource OfText(string text, string file, string folder, IEnumerable<string> settings) =>
        Load(text, file, name => ReadBeside(folder, name), settings);

    /// <summary>What is asked of a simulation. A scenario that is not as it was written is sent as YAML, whatever its file is.</summary>
    /// <param name="id">Null for one of its own.</param>
    public RunRequest Request(ulong seed, int partitions, string? id = null) =>
        new(id ?? Guid.NewGuid().ToString("N"), Result.IsAsWritten ? File : Path.ChangeExtension(File, ".yaml"), Text, Files, seed, partitions);

    private static ScenarioSource Load(string text, string file, Func<string, string?> read, IEnumerable<string>? settings)
    {
        var files = new Dictionary<string, string>(StringComparer.Ordinal);
        var result = ScenarioLoader.Load(
            text,
            file,
            name =>
            {
                var found = read(name);
                if (found is not null)
                {
                    files[name] = found;
                }

                return found;
            },
            [.. (settings ?? []).Select(Setting)]
        );
        return new ScenarioSource(file, result is { IsAsWritten: false, Document: { } whole } ? YamlText.Write(whole) : text, files, result);
    }

    private static ScenarioSetting Setting(string text)
    {
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        return equals > 0
            ? new ScenarioSetting(text[..equals], text[(equals + 1)..])
            : throw new BadInputException($"--set {text} is not accepted; accepted is path=value, for example load[0].rate=300/s");
    }

    private static string? ReadBeside(string folder, string name)
    {
        var path = Path.Combine(folder, name);
        return System.IO.File.Exists(path) ? InputFile.Read(path) : null;
    }
}
