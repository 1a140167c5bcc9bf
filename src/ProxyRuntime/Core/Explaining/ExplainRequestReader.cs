using System.Buffers.Text;
using System.Collections.Immutable;
using System.Text;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>Reads a request as a person writes it: <c>GET http://host/path</c> and <c>name: value</c>.</summary>
public static class ExplainRequestReader
{
    private const string Example = "for example 'GET http://host/path'";

    /// <param name="request">Method and URL.</param>
    /// <param name="headers">One each.</param>
    /// <param name="error">What is wrong, where and what would be accepted; empty if nothing is.</param>
    public static ExplainRequest? Read(string request, IEnumerable<string> headers, out string error)
    {
        var words = request.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words.Length != 2)
        {
            error = $"'{request}' is not a method and a URL, {Example}";
            return null;
        }

        if (!IsToken(words[0]))
        {
            error = $"'{words[0]}' is no method, {Example}";
            return null;
        }

        if (ReadUrl(words[1], out error) is not { } read)
        {
            return null;
        }

        var lines = ImmutableArray.CreateBuilder<HeaderLine>();
        foreach (var header in headers)
        {
            if (ReadHeader(header, out error) is not { } line)
            {
                return null;
            }

            if (line.Name == "host")
            {
                read = read with { Authority = line.Value };
            }
            else
            {
                lines.Add(line);
            }
        }

        return read with
        {
            Method = words[0],
            Headers = lines.ToImmutable(),
        };
    }

    private static ExplainRequest? ReadUrl(string text, out string error)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        if (!AbsoluteUrl.TryParse(bytes, out var url))
        {
            error = $"'{text}' is no URL: {UrlProblem(text)}";
            return null;
        }

        var place = FirstBad(text);
        if (place >= 0)
        {
            error = $"'{text}' is no URL: character {place + 1} ('{text[place]}') must be percent-encoded";
            return null;
        }

        var host = Encoding.UTF8.GetString(url.Host);
        if (host.Contains('@', StringComparison.Ordinal))
        {
            error = $"'{text}': credentials do not go into the URL but into a header, -H 'authorization: …'";
            return null;
        }

        var scheme = Encoding.ASCII.GetString(url.Scheme).ToLowerInvariant();
        var colon = HostHeader.PortStart(url.Host);
        int? port = null;
        if (colon >= 0)
        {
            var digits = url.Host[(colon + 1)..];
            if (!Utf8Parser.TryParse(digits, out int number, out var used) || used != digits.Length || number is < 1 or > 65_535)
            {
                error = $"'{text}': '{Encoding.UTF8.GetString(digits)}' is no port; accepted are 1 to 65535";
                return null;
            }

            port = number;
            host = number == (scheme == "https" ? 443 : 80) ? host[..colon] : host;
        }

        error = "";
        var path = Encoding.UTF8.GetString(url.Path);
        return new ExplainRequest
        {
            Method = "",
            Scheme = scheme,
            Authority = host,
            Path = path.StartsWith('/') ? path : "/" + path,
            Port = port,
        };
    }

    private static string UrlProblem(string text)
    {
        var colon = text.IndexOf("://", StringComparison.Ordinal);
        if (colon <= 0)
        {
            return $"it does not begin with http:// or https://, {Example}";
        }

        return text[..colon].ToLowerInvariant() is "http" or "https" ? "it names no host" : $"scheme '{text[..colon]}' is not accepted; accepted: http, https";
    }

    private static int FirstBad(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] is <= ' ' or > '~' or '"' or '<' or '>' or '\\' or '^' or '`')
            {
                return i;
            }
        }

        return -1;
    }

    private static HeaderLine? ReadHeader(string text, out string error)
    {
        error = "";
        var colon = text.IndexOf(':', text.StartsWith(':') ? 1 : 0);
        var name = colon < 0 ? "" : text[..colon].Trim().ToLowerInvariant();
        if (colon < 0 || !IsToken(name.StartsWith(':') ? name[1..] : name))
        {
            error = $"header '{text}' is not of the form 'name: value'";
        }
        else if (name.StartsWith(':'))
        {
            error = $"header '{name}' cannot be given; method, host and path stand in the request";
        }
        else if (name is "content-length" or "transfer-encoding")
        {
            error = $"header '{name}' cannot be given; --body-bytes N says how long the body is";
        }
        else if (text.AsSpan(colon + 1).ContainsAny('\0', '\r', '\n'))
        {
            error = $"header '{name}': a value must not contain NUL, CR or LF";
        }

        return error.Length > 0 ? null : new HeaderLine(name, text[(colon + 1)..].Trim(' ', '\t'));
    }

    private static bool IsToken(string text) =>
        text.Length > 0
        && text.All(static c =>
            c
                is > ' '
                    and < (char)127
                    and not ('(' or ')' or ',' or '/' or ':' or ';' or '<' or '=' or '>' or '?' or '@' or '[' or '\\' or ']' or '{' or '}' or '"')
        );
}
