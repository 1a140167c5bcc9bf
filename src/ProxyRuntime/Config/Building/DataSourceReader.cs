using Envoy.Config.Core.V3;
using Google.Protobuf;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>Contents that stand in the configuration itself, in a file or in an environment variable. Read once, with the configuration.</summary>
internal sealed class DataSourceReader(BuildContext context)
{
    /// <summary>The bytes; null, with a problem, if they cannot be had. A source that says nothing is empty.</summary>
    /// <param name="owner">The message in whose <paramref name="field"/> the source stands.</param>
    /// <param name="maxBytes">More are refused; 0 for no limit.</param>
    public ReadOnlyMemory<byte>? Read(IMessage owner, string field, DataSource? source, long maxBytes = 0)
    {
        var bytes = Read(source, maxBytes);
        if (bytes is null || maxBytes == 0 || bytes.Value.Length <= maxBytes)
        {
            return bytes;
        }

        context.Map.Problem(owner, field, $"response body size is {bytes.Value.Length} bytes; maximum is {maxBytes}");
        return null;
    }

    private ReadOnlyMemory<byte>? Read(DataSource? source, long maxBytes)
    {
        string? error;
        switch (source?.SpecifierCase)
        {
            case DataSource.SpecifierOneofCase.InlineString:
                return ByteString.CopyFromUtf8(source.InlineString).Memory;
            case DataSource.SpecifierOneofCase.InlineBytes:
                return source.InlineBytes.Memory;
            case DataSource.SpecifierOneofCase.EnvironmentVariable:
                if (context.Map.Environment.ReadVariable(source.EnvironmentVariable, out error) is { } value)
                {
                    return ByteString.CopyFromUtf8(value).Memory;
                }

                context.Map.Problem(source, "environment_variable", error!);
                return null;
            case DataSource.SpecifierOneofCase.Filename:
                if (context.Map.Environment.ReadFile(source.Filename, maxBytes, out error) is { } content)
                {
                    return content;
                }

                context.Map.Problem(source, "filename", error!);
                return null;
            default:
                return default(ReadOnlyMemory<byte>);
        }
    }
}
