using Envoy.Config.Core.V3;
using Google.Protobuf;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>Contents that stand in the configuration itself, in a file or in an environment variable.</summary>
/// <remarks>Files are looked for from the working directory, as Envoy does, and read once.</remarks>
internal sealed class DataSourceReader(BuildContext context)
{
    /// <summary>The bytes; null, with a problem, if they cannot be had. A source that says nothing is empty.</summary>
    /// <param name="owner">The message in whose <paramref name="field"/> the source stands.</param>
    /// <param name="maxBytes">More are refused; 0 for no limit.</param>
    public ReadOnlyMemory<byte>? Read(IMessage owner, string field, DataSource? source, long maxBytes = 0)
    {
        switch (source?.SpecifierCase)
        {
            case DataSource.SpecifierOneofCase.InlineString:
                return Limited(owner, field, ByteString.CopyFromUtf8(source.InlineString).Memory, maxBytes);
            case DataSource.SpecifierOneofCase.InlineBytes:
                return Limited(owner, field, source.InlineBytes.Memory, maxBytes);
            case DataSource.SpecifierOneofCase.EnvironmentVariable:
                if (Environment.GetEnvironmentVariable(source.EnvironmentVariable) is { } value)
                {
                    return Limited(owner, field, ByteString.CopyFromUtf8(value).Memory, maxBytes);
                }

                context.Map.Problem(source, "environment_variable", $"Environment variable doesn't exist: {source.EnvironmentVariable}");
                return null;
            case DataSource.SpecifierOneofCase.Filename:
                return ReadFile(source, maxBytes);
            default:
                return default(ReadOnlyMemory<byte>);
        }
    }

    private ReadOnlyMemory<byte>? Limited(IMessage owner, string field, ReadOnlyMemory<byte> bytes, long maxBytes)
    {
        if (maxBytes == 0 || bytes.Length <= maxBytes)
        {
            return bytes;
        }

        context.Map.Problem(owner, field, $"response body size is {bytes.Length} bytes; maximum is {maxBytes}");
        return null;
    }

    private ReadOnlyMemory<byte>? ReadFile(DataSource source, long maxBytes)
    {
        var path = source.Filename;
        try
        {
            var file = new FileInfo(path);
            if (!file.Exists)
            {
                context.Map.Problem(source, "filename", $"file {path} does not exist");
                return null;
            }

            if (maxBytes > 0 && file.Length > maxBytes)
            {
                context.Map.Problem(source, "filename", $"file {path} size is {file.Length} bytes; maximum is {maxBytes}");
                return null;
            }

            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            context.Map.Problem(source, "filename", $"unable to read file: {path} ({e.Message})");
            return null;
        }
    }
}
