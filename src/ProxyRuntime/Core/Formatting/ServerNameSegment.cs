namespace MeshSim.ProxyRuntime.Core;

/// <summary>
/// REQUESTED_SERVER_NAME: the server name of the TLS handshake, or the host of the request, whichever is wanted first. What cannot stand in a
/// name becomes an underscore, and the whole is marked <c>invalid:</c>.
/// </summary>
internal sealed class ServerNameSegment(ServerNameSource first, ServerNameSource second, bool originalHost, bool currentHost) : FormatSegment
{
    /// <summary><c>SNI_ONLY</c> (default), <c>SNI_FIRST</c> or <c>HOST_FIRST</c>, and which host: <c>ORIG</c>, <c>HOST</c>, <c>ORIG_OR_HOST</c> (default).</summary>
    public static FormatSegment? Create(in FormatArguments arguments, out string? error)
    {
        error = null;
        var parts = arguments.Parameters.Split(':');
        var source = parts[0];
        var host = parts.Length > 1 ? parts[1] : "";
        var (first, second) = source switch
        {
            "" or "SNI_ONLY" => (ServerNameSource.Handshake, ServerNameSource.None),
            "SNI_FIRST" => (ServerNameSource.Handshake, ServerNameSource.Host),
            "HOST_FIRST" => (ServerNameSource.Host, ServerNameSource.Handshake),
            _ => default,
        };
        if (first == ServerNameSource.None)
        {
            error = $"Invalid REQUESTED_SERVER_NAME option: '{source}', only 'SNI_ONLY'/'SNI_FIRST'/'HOST_FIRST' are allowed";
        }
        else if (host is not ("" or "ORIG" or "HOST" or "ORIG_OR_HOST"))
        {
            error = $"Invalid REQUESTED_SERVER_NAME option: '{host}', only 'ORIG'/'HOST'/'ORIG_OR_HOST' are allowed";
        }

        return error is null ? new ServerNameSegment(first, second, host != "HOST", host != "ORIG") : null;
    }

    public override bool Write(StreamInfo info, ByteBuffer output) => Write(first, info, output) || Write(second, info, output);

    private bool Write(ServerNameSource source, StreamInfo info, ByteBuffer output)
    {
        var start = output.Length;
        switch (source)
        {
            case ServerNameSource.Handshake:
                output.AppendText(info.Connection.RequestedServerName);
                break;
            case ServerNameSource.Host:
                output.Append(Host(info.RequestHeaders));
                break;
            default:
                return false;
        }

        Sanitize(output, start);
        return output.Length > start;
    }

    private ReadOnlySpan<byte> Host(HeaderMap request)
    {
        var host = originalHost ? request.Get(HeaderName.XEnvoyOriginalHost) : default;
        if (host.IsEmpty && currentHost)
        {
            host = request.Get(HeaderName.Authority);
        }

        return HostHeader.PortStart(host) is var port and >= 0 ? host[..port] : host;
    }

    private static void Sanitize(ByteBuffer output, int start)
    {
        var invalid = false;
        foreach (ref var b in output.Written[start..])
        {
            if (!char.IsAsciiLetterOrDigit((char)b) && b is not ((byte)'.' or (byte)'-' or (byte)'_'))
            {
                b = (byte)'_';
                invalid = true;
            }
        }

        if (invalid)
        {
            var length = output.Length - start;
            output.Append("invalid:"u8);
            var text = output.Written[start..];
            text[..length].CopyTo(text["invalid:".Length..]);
            "invalid:"u8.CopyTo(text);
        }
    }
}

internal enum ServerNameSource : byte
{
    None,
    Handshake,
    Host,
}
