using MeshSim.ProxyRuntime.Config;

namespace MeshSim.ProxyRuntime.Live;

/// <summary>The files and variables of the machine, paths relative to the working directory, as Envoy reads them.</summary>
public sealed class FileEnvironment : ConfigEnvironment
{
    /// <summary>What a configuration may refer to is no larger, wherever else no limit holds; some files never end.</summary>
    private const long MaxBytes = 64 * 1024 * 1024;

    public override byte[]? ReadFile(string path, long maxBytes, out string? error)
    {
        var limit = maxBytes > 0 ? maxBytes : MaxBytes;
        try
        {
            using var file = File.OpenRead(path);
            var content = new MemoryStream();
            var buffer = new byte[64 * 1024];
            int read;
            while (content.Length <= limit && (read = file.Read(buffer)) > 0)
            {
                content.Write(buffer, 0, read);
            }

            error = content.Length > limit ? $"file {path} size is {Size(file, content.Length)} bytes; maximum is {limit}" : null;
            return error is null ? content.ToArray() : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            error = $"unable to read file: {path} ({e.Message})";
            return null;
        }
    }

    public override string? ReadVariable(string name, out string? error)
    {
        var value = name.Length == 0 ? null : Environment.GetEnvironmentVariable(name);
        error = value is null ? $"Environment variable doesn't exist: {name}" : null;
        return value;
    }

    private static string Size(FileStream file, long read) => file.CanSeek && file.Length >= read ? $"{file.Length}" : $"more than {read - 1}";
}
