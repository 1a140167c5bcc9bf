using System.Buffers.Binary;
using System.Buffers.Text;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>What of gRPC the proxy itself looks at: content types, statuses, timeouts, messages in their frame.</summary>
public static class GrpcMessages
{
    public const int FrameHeaderLength = 5;

    /// <summary>content-type is exactly <c>application/grpc</c> or begins with <c>application/grpc+</c>; grpc-web is not gRPC.</summary>
    public static bool IsGrpc(HeaderMap headers)
    {
        var type = headers.Get(HeaderName.ContentType);
        return type.StartsWith("application/grpc"u8) && (type.Length == 16 || type[16] == (byte)'+');
    }

    /// <summary>grpc-status of headers or trailers; null if it is absent, −1 if it is no status.</summary>
    public static int? Status(HeaderMap headers)
    {
        if (!headers.TryGet(HeaderName.GrpcStatus, out var text))
        {
            return null;
        }

        return Utf8Parser.TryParse(text, out uint status, out var used) && used == text.Length && status <= 16 ? (int)status : -1;
    }

    /// <summary>The gRPC status that stands for an HTTP status, as in the gRPC specification.</summary>
    public static int FromHttp(int status) =>
        status switch
        {
            400 => 13,
            401 => 16,
            403 => 7,
            404 => 12,
            429 or 502 or 503 or 504 => 14,
            _ => 2,
        };

    /// <summary>The HTTP status that stands for a gRPC status; 500 for one that is none.</summary>
    public static int ToHttp(int status) =>
        status switch
        {
            0 => 200,
            1 => 499,
            3 or 9 or 11 => 400,
            4 => 504,
            5 => 404,
            6 or 10 => 409,
            7 => 403,
            8 => 429,
            12 => 501,
            14 => 503,
            16 => 401,
            _ => 500,
        };

    /// <summary>grpc-timeout in milliseconds, rounded up for micro- and nanoseconds: up to eight digits and a unit H M S m u n; null if it is none.</summary>
    public static long? TimeoutMs(HeaderMap headers)
    {
        if (!headers.TryGet(HeaderName.GrpcTimeout, out var text) || text.Length is < 2 or > 9)
        {
            return null;
        }

        if (!Utf8Parser.TryParse(text[..^1], out uint amount, out var used) || used != text.Length - 1)
        {
            return null;
        }

        return text[^1] switch
        {
            (byte)'H' => amount * 3_600_000L,
            (byte)'M' => amount * 60_000L,
            (byte)'S' => amount * 1000L,
            (byte)'m' => amount,
            (byte)'u' => (amount + 999L) / 1000,
            (byte)'n' => (amount + 999_999L) / 1_000_000,
            _ => null,
        };
    }

    /// <summary>Writes grpc-timeout: at most eight digits, in the finest unit from milliseconds up that holds them.</summary>
    public static void WriteTimeout(HeaderMap headers, long timeoutMs)
    {
        Span<byte> text = stackalloc byte[12];
        var units = "mSMH"u8;
        ReadOnlySpan<long> divisors = [1, 1000, 60_000, 3_600_000];
        var unit = 0;
        while (unit < units.Length - 1 && timeoutMs / divisors[unit] > 99_999_999)
        {
            unit++;
        }

        _ = Utf8Formatter.TryFormat(Math.Min(timeoutMs / divisors[unit], 99_999_999), text, out var length);
        text[length++] = units[unit];
        headers.Set(HeaderName.GrpcTimeout, text[..length]);
    }

    /// <summary>The message of a body that is one frame; false if it is anything else.</summary>
    public static bool TryReadFrame(ReadOnlySpan<byte> body, out ReadOnlySpan<byte> message)
    {
        message = default;
        if (body.Length < FrameHeaderLength || body[0] != 0 || BinaryPrimitives.ReadUInt32BigEndian(body[1..]) != body.Length - FrameHeaderLength)
        {
            return false;
        }

        message = body[FrameHeaderLength..];
        return true;
    }
}
