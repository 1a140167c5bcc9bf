using System.Text;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>Which of the path specifiers of a route match is used.</summary>
public enum PathSpecifier : byte
{
    /// <summary>Starts with the text, byte by byte: <c>/foo</c> matches <c>/foobar</c>.</summary>
    Prefix,

    /// <summary>Equals the text.</summary>
    Path,
}

/// <summary>RouteMatch: tests the path without query.</summary>
public sealed class RouteMatch(PathSpecifier specifier, string text, bool caseSensitive = true)
{
    private readonly byte[] bytes = Encoding.Latin1.GetBytes(text);

    public PathSpecifier Specifier { get; } = specifier;

    public string Text { get; } = text;

    /// <summary>case_sensitive. Default true.</summary>
    public bool CaseSensitive { get; } = caseSensitive;

    public bool Matches(ReadOnlySpan<byte> path) =>
        Specifier == PathSpecifier.Prefix ? path.Length >= bytes.Length && Same(path[..bytes.Length]) : path.Length == bytes.Length && Same(path);

    private bool Same(ReadOnlySpan<byte> candidate) => CaseSensitive ? candidate.SequenceEqual(bytes) : Ascii.EqualsIgnoreCase(candidate, bytes);
}
