namespace MeshSim.ProxyRuntime.Core;

/// <summary>redirect: answers with another address.</summary>
public sealed record RedirectAction : ActionSnapshot
{
    /// <summary>The redirect of require_tls: <c>https://</c>, the host as it is, the path as it is.</summary>
    public static readonly RedirectAction ToTls = new() { IsToTls = true };

    /// <summary>response_code: 301 (default), 302, 303, 307 or 308.</summary>
    public int Status { get; init; } = 301;

    /// <summary>https_redirect.</summary>
    public bool HttpsRedirect { get; init; }

    /// <summary>scheme_redirect; empty for none.</summary>
    public string SchemeRedirect { get; init; } = "";

    /// <summary>host_redirect; empty for none.</summary>
    public string HostRedirect { get; init; } = "";

    /// <summary>port_redirect; 0 for none.</summary>
    public int PortRedirect { get; init; }

    /// <summary>path_redirect; empty for none.</summary>
    public string PathRedirect { get; init; } = "";

    /// <summary>prefix_rewrite; empty for none.</summary>
    public string PrefixRewrite { get; init; } = "";

    /// <summary>regex_rewrite; null for none.</summary>
    public RegexRewrite? RegexRewrite { get; init; }

    /// <summary>strip_query. Default false.</summary>
    public bool StripQuery { get; init; }

    internal bool IsToTls { get; private init; }
}
