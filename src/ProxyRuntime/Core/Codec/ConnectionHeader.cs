using System.Text;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>What the header <c>connection</c> of a request may say, and the upgrade that is none.</summary>
internal static class ConnectionHeader
{
    /// <summary>So many tokens are too many.</summary>
    private const int TooManyTokens = 10;

    /// <summary>A longer <c>te</c> is refused where <c>connection</c> names it.</summary>
    private const int TooLongTe = 256;

    /// <summary>False if the request is to be refused: naming these headers would hide where it comes from.</summary>
    public static bool IsAcceptable(HeaderMap request)
    {
        if (!request.TryGet(HeaderName.Connection, out var list))
        {
            return true;
        }

        var tokens = 0;
        foreach (var range in list.Split((byte)','))
        {
            var token = list[range];
            if (token.IsEmpty)
            {
                continue;
            }

            token = token.Trim(" \t"u8);
            if (++tokens >= TooManyTokens || token.StartsWith(":"u8) || NamesForwarding(token))
            {
                return false;
            }

            if (Ascii.EqualsIgnoreCase(token, "te"u8) && request.Get(HeaderName.Te).Length >= TooLongTe)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary><c>upgrade: h2c</c> is served as a plain request: what asks for it is taken away.</summary>
    public static void DropH2cUpgrade(HeaderMap request)
    {
        if (!Ascii.EqualsIgnoreCase(request.Get(HeaderName.Upgrade), "h2c"u8) || !UpgradeRequests.IsUpgrade(request))
        {
            return;
        }

        _ = request.Remove(HeaderName.Upgrade);
        _ = request.Remove(HeaderName.Http2Settings);
        var list = request.Get(HeaderName.Connection);
        Span<byte> kept = list.Length <= 256 ? stackalloc byte[list.Length] : new byte[list.Length];
        var length = 0;
        foreach (var range in list.Split((byte)','))
        {
            var token = list[range].Trim(" \t"u8);
            if (token.IsEmpty || Ascii.EqualsIgnoreCase(token, "upgrade"u8) || Ascii.EqualsIgnoreCase(token, "http2-settings"u8))
            {
                continue;
            }

            if (length > 0)
            {
                kept[length++] = (byte)',';
            }

            token.CopyTo(kept[length..]);
            length += token.Length;
        }

        if (length == 0)
        {
            _ = request.Remove(HeaderName.Connection);
        }
        else
        {
            request.Set(HeaderName.Connection, kept[..length]);
        }
    }

    private static bool NamesForwarding(ReadOnlySpan<byte> token) =>
        Ascii.EqualsIgnoreCase(token, "x-forwarded-for"u8)
        || Ascii.EqualsIgnoreCase(token, "x-forwarded-host"u8)
        || Ascii.EqualsIgnoreCase(token, "x-forwarded-proto"u8);
}
