using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>Verifies Ed25519 signatures (RFC 8032), which the platform does not offer. Variable time: there is no secret in it.</summary>
/// <remarks>
/// As in BoringSSL: s has to be less than the order of the group, and R is compared as bytes, without the cofactor; a public key that is not in its shortest form
/// is taken modulo p.
/// </remarks>
internal static class Ed25519
{
    public const int PublicKeyBytes = 32;
    public const int SignatureBytes = 64;

    private const int OrderBits = 253;

    /// <summary>p: the field has 2^255 - 19 elements.</summary>
    private static readonly BigInteger Prime = BigInteger.Pow(2, 255) - 19;

    /// <summary>L: the order of the base point.</summary>
    private static readonly BigInteger Order =
        BigInteger.Pow(2, 252) + BigInteger.Parse("27742317777372353535851937790883648493", CultureInfo.InvariantCulture);

    /// <summary>d of the curve -x^2 + y^2 = 1 + d x^2 y^2.</summary>
    private static readonly BigInteger D = Reduce(-121665 * Inverse(121666));

    private static readonly BigInteger TwoD = Reduce(2 * D);

    private static readonly BigInteger SquareRootOfMinusOne = BigInteger.ModPow(2, (Prime - 1) / 4, Prime);

    private static readonly Point Base = BasePoint();

    /// <param name="publicKey">32 bytes.</param>
    /// <param name="signature">64 bytes: R, then s.</param>
    public static bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        if (publicKey.Length != PublicKeyBytes || signature.Length != SignatureBytes)
        {
            return false;
        }

        var s = signature[32..];
        if (Number(s) >= Order || !TryDecode(publicKey, out var key))
        {
            return false;
        }

        // R = sB - hA, with h the hash of R, the key and the message.
        byte[] hashed = [.. signature[..32], .. publicKey, .. message];
        Span<byte> h = stackalloc byte[32];
        h.Clear();
        _ = (Number(SHA512.HashData(hashed)) % Order).TryWriteBytes(h, out _, isUnsigned: true);
        return Encode(MultiplyAndAdd(s, Base, h, Negate(key))).AsSpan().SequenceEqual(signature[..32]);
    }

    /// <summary>aP + bQ for numbers of 32 bytes below the order, their bits taken together from the highest down.</summary>
    private static Point MultiplyAndAdd(ReadOnlySpan<byte> a, Point p, ReadOnlySpan<byte> b, Point q)
    {
        var both = Add(p, q);
        var sum = Point.Neutral;
        for (var bit = OrderBits - 1; bit >= 0; bit--)
        {
            sum = Double(sum);
            var (inA, inB) = (IsSet(a, bit), IsSet(b, bit));
            if (inA || inB)
            {
                sum = Add(
                    sum,
                    inA && inB ? both
                        : inA ? p
                        : q
                );
            }
        }

        return sum;
    }

    private static bool IsSet(ReadOnlySpan<byte> littleEndian, int bit) => ((littleEndian[bit >> 3] >> (bit & 7)) & 1) != 0;

    private static Point Add(Point p, Point q)
    {
        var a = Reduce((p.Y - p.X) * (q.Y - q.X));
        var b = Reduce((p.Y + p.X) * (q.Y + q.X));
        var c = Reduce(Reduce(TwoD * p.T) * q.T);
        var d = Reduce(2 * p.Z * q.Z);
        return FromFactors(b - a, d - c, d + c, b + a);
    }

    private static Point Double(Point p)
    {
        var a = Reduce(p.X * p.X);
        var b = Reduce(p.Y * p.Y);
        var c = Reduce(2 * p.Z * p.Z);
        var h = a + b;
        var e = h - Reduce((p.X + p.Y) * (p.X + p.Y));
        var g = a - b;
        return FromFactors(e, c + g, g, h);
    }

    private static Point FromFactors(BigInteger e, BigInteger f, BigInteger g, BigInteger h) => new(Reduce(e * f), Reduce(g * h), Reduce(f * g), Reduce(e * h));

    private static Point Negate(Point p) => new(-p.X, p.Y, p.Z, -p.T);

    /// <summary>y in 255 bits, then the lowest bit of x.</summary>
    private static byte[] Encode(Point p)
    {
        var inverse = Inverse(p.Z);
        var x = Reduce(p.X * inverse);
        var y = Reduce(p.Y * inverse);
        var bytes = new byte[PublicKeyBytes];
        _ = y.TryWriteBytes(bytes, out _, isUnsigned: true);
        bytes[^1] |= x.IsEven ? (byte)0 : (byte)0x80;
        return bytes;
    }

    private static bool TryDecode(ReadOnlySpan<byte> bytes, out Point point)
    {
        point = default;
        var encoded = Number(bytes);
        var isOdd = !(encoded >> 255).IsZero;
        var y = Reduce(encoded & (BigInteger.Pow(2, 255) - 1));

        // x^2 = u / v; the candidate root is right, or wrong by the root of -1, or there is none.
        var u = Reduce((y * y) - 1);
        var v = Reduce((D * y * y) + 1);
        var square = Reduce(u * Inverse(v));
        var x = BigInteger.ModPow(square, (Prime + 3) / 8, Prime);
        if (Reduce((x * x) - square) != 0)
        {
            x = Reduce(x * SquareRootOfMinusOne);
            if (Reduce((x * x) - square) != 0)
            {
                return false;
            }
        }

        x = x.IsEven == isOdd ? Reduce(-x) : x;
        point = new Point(x, y, BigInteger.One, Reduce(x * y));
        return true;
    }

    private static Point BasePoint()
    {
        var encoded = new byte[PublicKeyBytes];
        _ = Reduce(4 * Inverse(5)).TryWriteBytes(encoded, out _, isUnsigned: true);
        _ = TryDecode(encoded, out var point);
        return point;
    }

    private static BigInteger Number(ReadOnlySpan<byte> littleEndian) => new(littleEndian, isUnsigned: true);

    private static BigInteger Inverse(BigInteger value) => BigInteger.ModPow(value, Prime - 2, Prime);

    private static BigInteger Reduce(BigInteger value)
    {
        var rest = BigInteger.Remainder(value, Prime);
        return rest.Sign < 0 ? rest + Prime : rest;
    }

    /// <summary>Extended coordinates: x = X/Z, y = Y/Z, xy = T/Z.</summary>
    private readonly record struct Point(BigInteger X, BigInteger Y, BigInteger Z, BigInteger T)
    {
        public static readonly Point Neutral = new(BigInteger.Zero, BigInteger.One, BigInteger.One, BigInteger.Zero);
    }
}
