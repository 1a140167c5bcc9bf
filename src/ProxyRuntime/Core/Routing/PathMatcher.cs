using System.Text;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>Which of the path specifiers of a route match is used.</summary>
public enum PathSpecifier : byte
{
    /// <summary>Starts with the text, byte by byte: <c>/foo</c> matches <c>/foobar</c>.</summary>
    Prefix,

    /// <summary>Equals the text.</summary>
    Path,

    /// <summary>A regular expression over the whole path.</summary>
    SafeRegex,

    /// <summary>Equals the text, or starts with it and a slash.</summary>
    PathSeparatedPrefix,

    /// <summary>The method is CONNECT, or the request asks for an upgrade to connect-udp.</summary>
    ConnectMatcher,

    /// <summary>path_match_policy with a URI template: <c>/a/{x}/*</c>.</summary>
    PathMatchPolicy,
}

/// <summary>The path specifier of a route: tests the path without its query.</summary>
public sealed class PathMatcher
{
    private readonly byte[] bytes;
    private readonly byte[] requiredPrefix;
    private readonly Re2Regex? regex;

    private PathMatcher(PathSpecifier specifier, string text, bool caseSensitive, Re2Regex? regex, UriTemplate? template)
    {
        Specifier = specifier;
        Text = text;
        CaseSensitive = caseSensitive;
        Template = template;
        this.regex = regex ?? template?.Regex;
        bytes = Encoding.UTF8.GetBytes(text);
        requiredPrefix = specifier switch
        {
            PathSpecifier.Prefix or PathSpecifier.Path or PathSpecifier.PathSeparatedPrefix => caseSensitive ? bytes : [],
            PathSpecifier.SafeRegex or PathSpecifier.PathMatchPolicy => this.regex!.Prefix.ToArray(),
            _ => [],
        };
    }

    public PathSpecifier Specifier { get; }

    public string Text { get; }

    /// <summary>case_sensitive. Default true; of no meaning for regular expressions and templates.</summary>
    public bool CaseSensitive { get; }

    /// <summary>The template of <see cref="PathSpecifier.PathMatchPolicy"/>; null for the others.</summary>
    public UriTemplate? Template { get; }

    internal Re2Regex? Regex => regex;

    internal ReadOnlySpan<byte> Bytes => bytes;

    /// <summary>What every path that matches begins with, as far as that is known; may be empty.</summary>
    internal ReadOnlySpan<byte> RequiredPrefix => requiredPrefix;

    /// <summary>Prefix, path or separated prefix.</summary>
    public static PathMatcher Of(PathSpecifier specifier, string text, bool caseSensitive = true) => new(specifier, text, caseSensitive, null, null);

    public static PathMatcher Of(Re2Regex regex) => new(PathSpecifier.SafeRegex, regex.Pattern, caseSensitive: true, regex, null);

    public static PathMatcher Of(UriTemplate template) => new(PathSpecifier.PathMatchPolicy, template.Pattern, caseSensitive: true, null, template);

    public static PathMatcher OfConnect() => new(PathSpecifier.ConnectMatcher, "", caseSensitive: true, null, null);

    internal bool Matches(in RouteRequest request)
    {
        var path = request.Path;
        switch (Specifier)
        {
            case PathSpecifier.Prefix:
                return !request.IsPathless && path.Length >= bytes.Length && Same(path[..bytes.Length]);
            case PathSpecifier.Path:
                return !request.IsPathless && path.Length == bytes.Length && Same(path);
            case PathSpecifier.PathSeparatedPrefix:
                return !request.IsPathless
                    && path.Length >= bytes.Length
                    && Same(path[..bytes.Length])
                    && (path.Length == bytes.Length || path[bytes.Length] == (byte)'/');
            case PathSpecifier.ConnectMatcher:
                return request.IsConnect || UpgradeRequests.IsConnectUdp(request.Headers);
            default:
                return !request.IsPathless && regex!.IsFullMatch(path);
        }
    }

    public override string ToString() =>
        Specifier switch
        {
            PathSpecifier.Prefix => $"path starts with '{Text}'",
            PathSpecifier.Path => $"path equals '{Text}'",
            PathSpecifier.SafeRegex => $"path matches the regular expression '{Text}'",
            PathSpecifier.PathSeparatedPrefix => $"path equals '{Text}' or starts with '{Text}/'",
            PathSpecifier.PathMatchPolicy => $"path fits the template '{Text}'",
            _ => "method is CONNECT",
        } + (CaseSensitive ? "" : " (ignoring case)");

    private bool Same(ReadOnlySpan<byte> candidate) => CaseSensitive ? candidate.SequenceEqual(bytes) : StringMatcher.EqualsIgnoringCase(candidate, bytes);
}
