using System.Text;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>The places in a request where the tokens of one provider, or of all, may stand.</summary>
internal sealed class JwtTokenSources
{
    private readonly JwtTokenSource[] headers;
    private readonly JwtTokenSource[] parameters;
    private readonly JwtTokenSource[] cookies;
    private readonly HeaderName[] written;

    public JwtTokenSources(IEnumerable<JwtProvider> providers)
    {
        var sources = new SortedDictionary<string, JwtTokenSource>[] { new(StringComparer.Ordinal), new(StringComparer.Ordinal), new(StringComparer.Ordinal) };
        var names = new List<HeaderName>();
        foreach (var provider in providers)
        {
            AddProvider(provider, sources[0], sources[1], sources[2]);
            if (provider.ForwardPayloadHeader is { } payload)
            {
                names.Add(payload);
            }

            names.AddRange(provider.ClaimToHeaders.Select(static claim => claim.Header));
        }

        headers = [.. sources[0].Values];
        parameters = [.. sources[1].Values];
        cookies = [.. sources[2].Values];
        written = [.. names];
    }

    /// <summary>Removes what a client sends under the names of headers that tell the upstream what a token says.</summary>
    public void Sanitize(HeaderMap head)
    {
        foreach (var name in written)
        {
            _ = head.Remove(name);
        }
    }

    /// <summary>Collects the tokens of a request: of headers, then of parameters, then of cookies, each sorted by name.</summary>
    public void Extract(HeaderMap head, JwtTokens tokens)
    {
        tokens.Clear();
        foreach (var source in headers)
        {
            for (var at = head.IndexOf(source.Header!); at >= 0; at = head.IndexOf(source.Header!, at + 1))
            {
                ExtractHeader(source, head[at].Value, tokens);
            }
        }

        if (parameters.Length > 0 && head.TryGet(HeaderName.Path, out var target))
        {
            foreach (var source in parameters)
            {
                tokens.AddParameter(QueryString.Of(target), source);
            }
        }

        foreach (var source in cookies)
        {
            if (Cookies.TryGet(head, source.Name, out var value))
            {
                tokens.Add(value, source);
            }
        }
    }

    private static void AddProvider(
        JwtProvider provider,
        SortedDictionary<string, JwtTokenSource> headers,
        SortedDictionary<string, JwtTokenSource> parameters,
        SortedDictionary<string, JwtTokenSource> cookies
    )
    {
        var isDefault = provider.FromHeaders.IsEmpty && provider.FromParams.IsEmpty && provider.FromCookies.IsEmpty;
        foreach (var header in isDefault ? [new JwtHeaderSource(HeaderName.Authorization, "Bearer ")] : provider.FromHeaders)
        {
            // Headers are sorted by name and prefix together, as one text.
            Source(headers, header.Name.Name + header.ValuePrefix, () => JwtTokenSource.OfHeader(header)).AddIssuer(provider.Issuer);
        }

        foreach (var name in isDefault ? ["access_token"] : provider.FromParams)
        {
            Source(parameters, name, () => JwtTokenSource.OfParameter(name)).AddIssuer(provider.Issuer);
        }

        foreach (var name in provider.FromCookies)
        {
            Source(cookies, name, () => JwtTokenSource.OfCookie(name)).AddIssuer(provider.Issuer);
        }
    }

    private static JwtTokenSource Source(SortedDictionary<string, JwtTokenSource> sources, string key, Func<JwtTokenSource> make)
    {
        if (!sources.TryGetValue(key, out var source))
        {
            sources[key] = source = make();
        }

        return source;
    }

    private static void ExtractHeader(JwtTokenSource source, ReadOnlySpan<byte> value, JwtTokens tokens)
    {
        if (source.Prefix.Length == 0)
        {
            tokens.Add(value, source);
            return;
        }

        var at = value.IndexOf(source.Prefix);
        if (at < 0)
        {
            return;
        }

        // What cannot begin a token is passed over; if nothing can, the whole value counts as one.
        var after = at + source.Prefix.Length;
        var start = value[after..].IndexOfAny(TokenCharacters);
        tokens.Add(start < 0 ? value : value[(after + start)..], source);
    }

    private static readonly System.Buffers.SearchValues<byte> TokenCharacters = System.Buffers.SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_."u8
    );
}

/// <summary>One place where a token may stand, and whose tokens may stand there.</summary>
internal sealed class JwtTokenSource
{
    private readonly HashSet<string> issuers = new(StringComparer.Ordinal);
    private readonly string? parameter;
    private bool anyIssuer;

    private JwtTokenSource(HeaderName? header, string? parameter, string name, string prefix)
    {
        Header = header;
        this.parameter = parameter;
        Name = Encoding.UTF8.GetBytes(name);
        Prefix = Encoding.UTF8.GetBytes(prefix);
    }

    /// <summary>The header it is; null for parameters and cookies.</summary>
    public HeaderName? Header { get; }

    /// <summary>The name of the parameter or cookie.</summary>
    public byte[] Name { get; }

    /// <summary>What stands before the token in a header.</summary>
    public byte[] Prefix { get; }

    public static JwtTokenSource OfHeader(JwtHeaderSource header) => new(header.Name, null, "", header.ValuePrefix);

    public static JwtTokenSource OfParameter(string name) => new(null, name, name, "");

    public static JwtTokenSource OfCookie(string name) => new(null, null, name, "");

    /// <summary>Tokens of this issuer may stand here; empty: of any.</summary>
    public void AddIssuer(string issuer)
    {
        anyIssuer |= issuer.Length == 0;
        _ = issuers.Add(issuer);
    }

    public bool Allows(string issuer) => anyIssuer || issuers.Contains(issuer);

    /// <summary>Takes the token out of the request. Cookies stay.</summary>
    public void Remove(HeaderMap head, ByteBuffer scratch)
    {
        if (Header is not null)
        {
            _ = head.Remove(Header);
        }
        else if (parameter is not null)
        {
            var target = head.Get(HeaderName.Path);
            var query = QueryParameters.Parse(target, decode: true);
            query.Remove(Encoding.Latin1.GetString(Name));
            scratch.Clear();
            query.WriteTarget(target, scratch);
            head.Set(HeaderName.Path, scratch.Span);
        }
    }
}
