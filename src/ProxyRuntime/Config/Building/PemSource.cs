using System.Text;
using Envoy.Config.Core.V3;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>PEM texts that stand in a configuration, in files or in environment variables. What cannot be had is told by <see cref="TlsChecks"/>.</summary>
internal static class PemSource
{
    /// <summary>Empty if there is none.</summary>
    public static string Text(ConfigEnvironment environment, DataSource? source) =>
        source?.SpecifierCase switch
        {
            DataSource.SpecifierOneofCase.InlineString => source.InlineString,
            DataSource.SpecifierOneofCase.InlineBytes => Encoding.Latin1.GetString(source.InlineBytes.Span),
            DataSource.SpecifierOneofCase.Filename => environment.ReadFile(source.Filename, 0, out _) is { } bytes ? Encoding.Latin1.GetString(bytes) : "",
            DataSource.SpecifierOneofCase.EnvironmentVariable => environment.ReadVariable(source.EnvironmentVariable, out _) ?? "",
            _ => "",
        };

    /// <summary>How admin pages name the source.</summary>
    public static string Path(DataSource? source) => source is { Filename.Length: > 0 } ? source.Filename : "<inline>";
}
