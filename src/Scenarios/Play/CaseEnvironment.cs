using System.Text;
using MeshSim.ProxyRuntime.Config;

namespace MeshSim.Scenarios.Play;

/// <summary>The files of a case, under the folder that <c>{tmp}</c> stands for.</summary>
internal sealed class CaseEnvironment(IReadOnlyDictionary<string, string> given) : ConfigEnvironment
{
    private readonly SortedDictionary<string, string> files = new(given.ToDictionary(StringComparer.Ordinal), StringComparer.Ordinal);

    public const string Folder = "/case";

    /// <summary>Another file takes the place of what was there.</summary>
    public void Replace(string name, string content) => files[name] = content;

    public override byte[]? ReadFile(string path, long maxBytes, out string? error)
    {
        var name = path.StartsWith(Folder + "/", StringComparison.Ordinal) ? path[(Folder.Length + 1)..] : path;
        if (!files.TryGetValue(name, out var content))
        {
            error = $"file {path} does not exist";
            return null;
        }

        var bytes = Encoding.UTF8.GetBytes(content.Replace("{tmp}", Folder, StringComparison.Ordinal));
        error = maxBytes > 0 && bytes.Length > maxBytes ? $"file {path} size is {bytes.Length} bytes; maximum is {maxBytes}" : null;
        return error is null ? bytes : null;
    }

    public override string? ReadVariable(string name, out string? error)
    {
        error = $"Environment variable doesn't exist: {name}";
        return null;
    }
}
